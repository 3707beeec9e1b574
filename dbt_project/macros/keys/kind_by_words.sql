{#-
What a vote was on, by Voeten's wording.

`kind_by_words`: 'motion', 'paragraph' or 'amendment' where the wording says so, else null. Up to 1990 the text is an
abstract in capitals ("TO ADOPT GHANA MOTION FOR ..."), later what the president said before the vote. Only the
beginning of a text shows its kind: a draft resolution may mention motions.
`part_by_words`: 'paragraph' or 'amendment' where an abstract begins with a part of a text, else null.
`is_whole_by_words`: the abstract begins with the text itself ("TO ADOPT 4TH COMM. DRAFT RESOL. ... AS AMENDED").
`draft_named`: the symbol of the draft named in the text, in the common spelling (A/3309, A/L.317); `drafts_in`: all
those named in a column of symbols.
`is_two_thirds_motion`: the text calls for the two-thirds majority.
`kind_by_symbol`: 'decision' for the numbers of decisions (A/DEC or, from session 31 on, 400 and up), else
'resolution'.
Not here: kinds that follow from flags or counts (`stg_voeten__roll_calls`).
-#}
{% macro kind_by_words(column) -%}
    case
        when {{ is_two_thirds_motion(column) }} then 'motion'
        when regexp_matches({{ column }}, '^(TO )?(ADOPT |APPROVE )?(AN? |THE )?([A-Z.''-]+[ -]){0,3}MOTION (\(A/[^)]*\) )?'
            || '(FOR|TO|THAT|APPLYING|ADJOURNING|DEFERRING)\b')
            then 'motion'
        -- The agenda: what the General Committee recommends to include, allocate or defer.
        when regexp_matches(
            {{ column }},
            '^TO ADOPT (AN? |THE )?GENERAL +COMM(\.|ITTEE) RECOMMENDATION (\(A/[^)]*\) )?.*'
            || '(INCLU|EXCLU|IN THE AGENDA|ALLOCATING|ASSIGNING|POSTPONING)'
        ) then 'motion'
        when regexp_matches(
            {{ column }},
            '^(TO )?(INCLU(DE|SION)?|EXCLUDE|ALLOCATE THE ITEM|RETAIN THE TITLE|OPEN THE DISCUSSION)\b'
            || '|^TO ADOPT (THE PROPOSAL FOR THE INCLUSION|THE RECOMMENDATION (\(A/[^)]*\) )?TO DEFER)'
        ) then 'motion'
        -- The order of business.
        when regexp_matches(
            {{ column }},
            '^TO ADOPT (AN? |THE )?.{0,40}PROPOSAL (TO HOLD NO VOTE|POSTPONING ELECTIONS|SUSPENDING MEETING'
            || '|FOR RECONSIDERATION|(FOR )?ADJOURNING|FOR ONE MORE|FOR A PRIORITY|FOR (A )?SEPARATE|REFERRING'
            || '|, WHICH PART'
            || '|THAT INVALID BALLOTS|THAT (A )?DECISION .* SIMPLE MAJORITY)'
        ) then 'motion'
        when regexp_matches({{ column }}, '^([A-Z]+ )?REQ(UEST)? FOR (PRIORITY|SUSPENSION)|^PROPOSAL THAT RIGHT TO SPEAK'
            || '|^(TO ADOPT )?(THE )?(PRESIDENT''S )?RULING\b') then 'motion'
        when regexp_matches({{ column }}, '^TO ADOPT (1ST|2ND) PART OF .{0,20}PROPOSAL, WHICH PART') then 'motion'
        when
            {{ is_speech(column) }}
            and regexp_matches({{ column }}, 'put to the vote the motion|no action be taken on', 'i')
            then 'motion'
        when
            {{ is_speech(column) }}
            and regexp_matches({{ column }}, '(vote|decision) on the (oral )?amendment', 'i') then 'amendment'
        when
            {{ is_speech(column) }}
            and regexp_matches({{ column }}, '(separate|recorded) vote[^.]{0,60} on [^.]{0,60}paragraph', 'i')
            then 'paragraph'
    end
{%- endmacro %}

{% macro part_by_words(column) -%}
    case
        when regexp_matches({{ object_of_vote(column) }}, 'AM+E(ND|D\b)') then 'amendment'
        when regexp_matches(
            {{ object_of_vote(column) }},
            'PARA|PREAM|OPERATIVE|\bOP(ER)?\b|PHRASE|\bWORDS?\b|CLAUSE|SENTENCE|\bSECTION\b|\bART(ICLES?)?\b|\bRULE \d'
            || '|REMAINDER|^(TO )?(RETAIN|RETENTION|DELETE|DELETION)\b'
        ) then 'paragraph'
    end
{%- endmacro %}

{#- Parts of a text that an abstract names before the text itself. -#}
{% macro object_of_vote(column) -%}
    left(regexp_extract({{ column }}, '^(.*?)(\(A/|\bDRAFT\b|\bRES(OL|\b)|$)', 1), 100)
{%- endmacro %}

{% macro is_whole_by_words(column) -%}
    (
        coalesce(regexp_matches({{ column }}, '^[^(]{0,100}?\b(DRAFT|RES(OL|\b))'), false)
        and not regexp_matches({{ column }}, '^[^(]{0,100}?(PROPOSAL|MOTION|RULING)[^(]*\b(DRAFT|RES(OL|\b))')
        and {{ part_by_words(column) }} is null
    )
{%- endmacro %}

{% macro draft_named(column) -%}
    nullif(replace(regexp_extract({{ column }}, '\((?:[^()]*; )?({{ document_symbol() }})', 1), ' ', ''), '')
{%- endmacro %}

{% macro drafts_in(column) -%}
    list_transform(regexp_extract_all({{ column }}, '{{ document_symbol() }}'), lambda named: replace(named, ' ', ''))
{%- endmacro %}

{% macro document_symbol() -%}
    A/(?:(?:C\. ?\d|(?:ES-|S-)?[IVX\d]+)/)?(?:L\. ?)?\d+
{%- endmacro %}

{% macro is_two_thirds_motion(column) -%}
    coalesce(regexp_matches(
        {{ column }},
        '^TO REQUIRE (A |THE )?2/3|2/3.MAJORITY.RULE (VOTE ON|BE APPLIED|TO THE VOTE)|MOTION FOR A 2/3 MAJORITY'
        || '|BE CONSIDERED AN \W*IMPORTANT QUESTION'
    ), false)
{%- endmacro %}

{% macro kind_by_symbol(column) -%}
    case
        when regexp_matches({{ column }}, '^A/DEC/|^A/RES/(3[1-9]|[4-9]\d|1\d\d)/[4-9]\d\d[A-Z]?$') then 'decision'
        else 'resolution'
    end
{%- endmacro %}
