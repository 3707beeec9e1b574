// Two states: every measure, the nine counts, by year and topic, and where they opposed each other.
//
// Belongs here: what is shown of a pair. Not here: whose side a third takes (opposition.js).

import { dotPlot, lines } from "../charts.js";
import { measureField, stateField, topicField, yearsField } from "../controls.js";
import { countPair, listed, opposed } from "../counts.js";
import { MEASURES, measuresOf } from "../measures.js";
import { inText, shortName, topicName } from "../names.js";
import { told, toldInterval } from "../panels.js";
import {
    asArguments,
    asCondition,
    askedIn,
    askedOf,
    everyYear,
    measureColumns,
    measured,
    measureNamed,
    OF_RESOLUTIONS,
    period,
    placeOf,
    pointOf,
    quoted,
    ROLL_CALL_COLUMNS,
    rollCallRow,
    scope,
    TITLE,
    topicColumn,
    usualQuestion,
    voteOf,
    yearsOf,
} from "./common.js";

/** @typedef {import("./common.js").Votes} Votes */
/** @typedef {import("./common.js").Values} Values */
/** @typedef {import("./common.js").Panel} Panel */

/** @type {import("./common.js").View} */
export const twoStatesView = {
    id: "two-states",
    name: "Two states",
    defaults: (votes) => {
        const [focus, other] = [votes.header.start.focus, ...votes.header.start.powers];
        return { a: focus, b: other, measure: "agreement_half", ...usualQuestion(votes) };
    },
    fields: (votes, change) => [
        stateField(votes, "a", "First state", change),
        stateField(votes, "b", "Second state", change),
        measureField(change),
        topicField(votes, change),
        yearsField(votes, change),
    ],
    refuse: (_votes, { a, b }) => (a === b ? "Choose two different states." : null),
    title: (votes, values) =>
        `${shortName(votes, values.a)} and ${inText(votes, values.b)}, ${scope(votes, values)}`,
    panels: (votes, values) => [
        pairYearsPanel(votes, values),
        pairMeasuresPanel(votes, values),
        countsPanel(votes, values),
        pairTopicsPanel(votes, values),
        opposedPanel(votes, values),
    ],
};

/**
 * @param {Votes} votes
 * @param {Values} values
 */
const both = (votes, { a, b }) => `${shortName(votes, a)} and ${inText(votes, b)}`;

/**
 * @param {Votes} votes
 * @param {Values} values
 */
const countBoth = (votes, values, asked = askedOf(votes, values)) =>
    countPair(votes, placeOf(votes, values.a), placeOf(votes, values.b), asked);

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function pairYearsPanel(votes, values) {
    const { a, b, measure } = values;
    const { label, share, about } = measureNamed(measure);
    const rows = yearsOf(values)
        .map((year) => ({
            year,
            ...measured(votes, countBoth(votes, values, askedIn(votes, values, year)), measure),
        }))
        .filter((row) => row.n > 0);
    const title = `${both(votes, values)} by year, ${scope(votes, values)}`;
    return {
        id: "years",
        title,
        rows,
        lead: `${label}: ${about}. The band is the 95% interval.`,
        empty: "They share no vote on these.",
        columns: [{ key: "year", label: "Year", kind: "year" }, ...measureColumns(measure)],
        sql: `select year, n, ${measure}, ${measure}_se
from marts.cohesion_by_pair_year_topic
where state = ${quoted(a)} and partner = ${quoted(b)}
    and ${asCondition(values)} and n > 0
order by year`,
        chart: lines(
            everyYear(values, shortName(votes, b), rows, (row) => ({
                ...pointOf(row, measure),
            })),
            {
                title: label,
                share,
                zeroToOne: share,
                description: `${title}: ${label}. The numbers are in the table.`,
            },
        ),
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function pairMeasuresPanel(votes, values) {
    const { a, b } = values;
    const pair = countBoth(votes, values);
    const found = measuresOf(pair, votes.header.minimum_n);
    const rows = pair.n
        ? MEASURES.map(({ key }) => ({
              measure: key,
              n: pair.n,
              value: found[key],
              se: found[`${key}_se`],
          }))
        : [];
    const share = (/** @type {any} */ row) => measureNamed(row.measure).share;
    return {
        id: "measures",
        title: `Every measure of ${both(votes, values)}, ${scope(votes, values)}`,
        rows,
        lead: `${shortName(votes, a)} is the reference state of the voting coincidence. Intervals treat resolutions as independent draws.`,
        empty: "They share no vote on these.",
        columns: [
            {
                key: "measure",
                label: "Measure",
                kind: "text",
                told: (row) => measureNamed(row.measure).label,
            },
            { key: "n", label: "n", kind: "count" },
            {
                key: "value",
                label: "Value",
                kind: "number",
                told: (row) => told(row.value, share(row)),
            },
            {
                key: "se",
                label: "95% interval",
                kind: "interval",
                told: (row) => toldInterval(row.value, row.se, share(row)),
            },
        ],
        sql: `with pair as (
    from marts.cohesion(
        ${quoted(a)}, [${quoted(b)}], ${asArguments(values)}
    )
    where n > 0
)

select measure, n, value, se
from (
    select n, unnest([
${MEASURES.map(({ key }) => `        {'measure': '${key}', 'value': ${key}, 'se': ${key}_se}`).join(",\n")}
    ], recursive := true)
    from pair
)`,
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function countsPanel(votes, values) {
    const { a, b } = values;
    const pair = countBoth(votes, values);
    const [first, second] = [shortName(votes, a), shortName(votes, b)];
    const rows = pair.n
        ? [
              { vote: "yes", yes: pair.yy, abstain: pair.ya, no: pair.yn },
              { vote: "abstain", yes: pair.ay, abstain: pair.aa, no: pair.an },
              { vote: "no", yes: pair.ny, abstain: pair.na, no: pair.nn },
          ]
        : [];
    // The file has each pair once, in the order of the codes.
    const [low, high] = a < b ? [a, b] : [b, a];
    const cell = (/** @type {string} */ own, /** @type {string} */ others) =>
        `sum(${a < b ? own + others : others + own})::integer`;
    const row = (/** @type {string} */ name, /** @type {string} */ own) =>
        `        {'vote': '${name}', 'yes': ${cell(own, "y")}, 'abstain': ${cell(own, "a")}, 'no': ${cell(own, "n")}}`;
    return {
        id: "counts",
        title: `The nine counts: ${first} in rows, ${second} in columns`,
        rows,
        lead: `Both voted on ${pair.n.toLocaleString("en")} resolutions. ${first} alone was absent from ${pair.absent_a.toLocaleString("en")}, ${second} alone from ${pair.absent_b.toLocaleString("en")}. On ${pair.unanimous.toLocaleString("en")} all states that voted cast the same vote.`,
        empty: "They share no vote on these.",
        columns: [
            { key: "vote", label: first, kind: "text" },
            { key: "yes", label: `${second}: yes`, kind: "count" },
            { key: "abstain", label: `${second}: abstain`, kind: "count" },
            { key: "no", label: `${second}: no`, kind: "count" },
        ],
        sql: `select unnest(counts, recursive := true)
from (
    select [
${[row("yes", "y"), row("abstain", "a"), row("no", "n")].join(",\n")}
    ] as counts
    from marts.vote_pairs
    where state_a = ${quoted(low)} and state_b = ${quoted(high)}
        and ${asCondition(values)}
    having sum(n) > 0
)`,
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function pairTopicsPanel(votes, values) {
    const { a, b, measure, scheme, from, to } = values;
    const { label, share } = measureNamed(measure);
    const rows = votes.header.schemes[scheme]
        .map(([topic]) => ({
            topic,
            ...measured(
                votes,
                countBoth(votes, values, askedOf(votes, { ...values, topic })),
                measure,
            ),
        }))
        .filter((row) => row.n > 0);
    const title = `${both(votes, values)} by topic, ${period(values)}`;
    return {
        id: "topics",
        title,
        rows,
        lead: "A resolution can have several topics. Bars are 95% intervals.",
        empty: "They share no vote on these.",
        columns: [topicColumn(votes, values), ...measureColumns(measure)],
        sql: `select topic, n, ${measure}, ${measure}_se
from marts.study_cohesion_of([${quoted(a)}], [${quoted(b)}], ${from}, ${to}, in_scheme := ${quoted(scheme)})
where year is null and n > 0
order by topic`,
        chart: dotPlot(
            rows.map((row) => ({
                label: topicName(votes, scheme, row.topic),
                series: label,
                ...pointOf(row, measure),
            })),
            {
                title: label,
                share,
                description: `${title}: ${label}. The numbers are in the table.`,
            },
        ),
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function opposedPanel(votes, values) {
    const { a, b } = values;
    const [first, second] = [placeOf(votes, a), placeOf(votes, b)];
    const rows = listed(opposed(votes, first, second, "strict", askedOf(votes, values))).map(
        (rollCall) => ({
            ...rollCallRow(votes, rollCall),
            vote_a: voteOf(votes, first, rollCall),
            vote_b: voteOf(votes, second, rollCall),
        }),
    );
    const [rollCall, day, title] = ROLL_CALL_COLUMNS;
    return {
        id: "opposed",
        title: `Where ${both(votes, values)} opposed each other, ${scope(votes, values)}`,
        rows: rows.reverse(),
        lead: "One said yes and the other no; newest first.",
        empty: "They never did on these.",
        columns: [
            rollCall,
            day,
            { key: "vote_a", label: shortName(votes, a), kind: "vote" },
            { key: "vote_b", label: shortName(votes, b), kind: "vote" },
            title,
        ],
        sql: `select roll_call_id, vote_date, first.vote as vote_a, second.vote as vote_b,
    ${TITLE}
from marts.fct_votes as first
inner join marts.fct_votes as second using (roll_call_id, year)
${OF_RESOLUTIONS}
where first.state = ${quoted(a)} and second.state = ${quoted(b)}
    and (first.vote, second.vote) in (('yes', 'no'), ('no', 'yes'))
    and kind = 'resolution' and ${asCondition(values)}
order by vote_date desc, roll_call_id desc`,
    };
}
