// A roll call: what it was on, who voted how, by group, and the same item in other years.
//
// Belongs here: what is shown of one roll call. Not here: finding one (search.js).

import { map, stacked, VOTE_COLOURS } from "../charts.js";
import { rollCallField } from "../controls.js";
import { dayOf, field, NO_MEMBER, subjectsOf, totals, VOTES } from "../data.js";
import { el } from "../dom.js";
import { positionsOf } from "../groups.js";
import { groupName, shortName, topicName } from "../names.js";
import { symbolOf } from "../panels.js";
import { formatAddress } from "../state-address.js";
import { COUNTED_COLUMNS, KIND_COLUMN, kindNamed, quoted, voteOf } from "./common.js";

/** @typedef {import("./common.js").Votes} Votes */
/** @typedef {import("./common.js").Values} Values */
/** @typedef {import("./common.js").Panel} Panel */

/** @type {import("./common.js").View} */
export const rollCallView = {
    id: "roll-call",
    name: "Roll call",
    defaults: (votes) => ({
        id: votes.placeOf.has("A/RES/ES-11/1") ? "A/RES/ES-11/1" : votes.ids[votes.size - 1],
    }),
    fields: (votes, change) => [rollCallField(votes, change)],
    title: (votes, { id }) => `${symbolOf(votes, id)}, ${dayOf(votes, at(votes, id))}`,
    panels: (votes, values) => [
        castPanel(votes, values),
        byGroupPanel(votes, values),
        brokeRanksPanel(votes, values),
        sameItemPanel(votes, values),
        doubtsPanel(votes, values),
    ],
};

/**
 * @param {Votes} votes
 * @param {string} id
 */
const at = (votes, id) => /** @type {number} */ (votes.placeOf.get(id));

const SOURCES = /** @type {Record<string, string>} */ ({
    undl: "UN Digital Library",
    unxml: "UN Secretariat",
    voeten: "Voeten, Dataverse",
});

/**
 * What the roll call was, as a list of terms.
 * @param {Votes} votes
 * @param {number} rollCall
 */
function facts(votes, rollCall) {
    const of = (/** @type {string} */ name) => field(votes, rollCall, name);
    const [yes, abstain, no, absent] = totals(votes, rollCall);
    const symbol = of("symbol");
    const topics = Object.keys(votes.topics).map((scheme) => {
        const found = [...votes.topics[scheme]].filter(
            ([topic, bits]) => topic !== "all" && (bits[rollCall >> 5] >>> (rollCall & 31)) & 1,
        );
        return [
            scheme === "study" ? "Topics of the study" : "Voeten's topics",
            found.map(([topic]) => topicName(votes, scheme, topic)).join(", "),
        ];
    });
    const stated =
        of("yes_stated") === null
            ? null
            : `${of("yes_stated")} yes, ${of("no_stated")} no, ${of("abstain_stated")} abstained`;
    const sources = String(of("sources"))
        .split(", ")
        .map((source) => SOURCES[source] ?? source);
    /** @type {[string, import("../dom.js").Child | import("../dom.js").Child[]][]} */
    const terms = [
        ["Title", of("title")],
        ["Result", `${yes} yes, ${no} no, ${abstain} abstained, ${absent} absent`],
        ["Totals stated by the source", stated],
        [
            "Day",
            `${dayOf(votes, rollCall)}${of("date_precision") === "day" ? "" : ` (known to the ${of("date_precision")})`}, session ${of("session")}`,
        ],
        ["Kind", kindNamed(of("kind"))],
        ["Additional record of", of("duplicate_of")],
        ["Agenda item", of("agenda_item")],
        ["Committee", of("committee")],
        ["Meeting", of("meeting")],
        ["Draft", of("draft")],
        .../** @type {[string, string][]} */ (topics),
        ["UNBIS subjects", subjectsOf(votes, rollCall).join("; ")],
        ["Votes taken from", `${SOURCES[of("source")] ?? of("source")}, release ${of("release")}`],
        ["Had by", sources.join(", ")],
        [
            "The UN's record",
            symbol && [
                el(
                    "a",
                    {
                        href: `https://docs.un.org/${symbol.replace(/(\d)[A-Z]+(?=$|\()/, "$1")}`,
                        rel: "noreferrer",
                    },
                    "text of the resolution",
                ),
                " · ",
                el(
                    "a",
                    {
                        href: `https://digitallibrary.un.org/search?cc=Voting+Data&p=${encodeURIComponent(symbol)}`,
                        rel: "noreferrer",
                    },
                    "voting record in the Digital Library",
                ),
            ],
        ],
    ];
    return el(
        "dl",
        { class: "facts" },
        terms
            .filter(([, value]) => value)
            .flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]),
    );
}

/**
 * @param {Votes} votes
 * @param {number} rollCall
 */
function neighbours(votes, rollCall) {
    const link = (/** @type {number} */ other, /** @type {string} */ words) =>
        other >= 0 &&
        other < votes.size &&
        el(
            "a",
            { href: formatAddress("roll-call", { id: votes.ids[other] }) },
            `${words}: ${symbolOf(votes, votes.ids[other])}`,
        );
    return el(
        "p",
        { class: "neighbours" },
        link(rollCall - 1, "Before"),
        " ",
        link(rollCall + 1, "After"),
    );
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function castPanel(votes, { id }) {
    const rollCall = at(votes, id);
    const corrected = new Map(
        votes.header.corrected
            .filter((row) => row.roll_call_id === id)
            .map((row) => [row.state, row.vote_as_given]),
    );
    const rows = votes.states.flatMap(({ state }, place) => {
        const vote = votes.matrix[place * votes.size + rollCall];
        if (vote === NO_MEMBER) return [];
        return [
            {
                state,
                vote: VOTES[vote],
                vote_as_given: corrected.has(state) ? corrected.get(state) : VOTES[vote],
            },
        ];
    });
    const title = `How members voted on ${symbolOf(votes, id)}`;
    const told = new Map(
        rows.map((row) => [
            row.state,
            { name: shortName(votes, row.state), step: row.vote, told: row.vote },
        ]),
    );
    return {
        id: "cast",
        title,
        rows,
        before: el("div", {}, facts(votes, rollCall), neighbours(votes, rollCall)),
        columns: [
            { key: "state", label: "State", kind: "state" },
            { key: "vote", label: "Vote", kind: "vote" },
            {
                key: "vote_as_given",
                label: corrected.size ? "As the source gave it" : "As given",
                kind: "vote",
                hidden: !corrected.size,
            },
        ],
        sql: `select state, vote, vote_as_given
from marts.fct_votes
where roll_call_id = ${quoted(id)}
order by state`,
        chart: map(votes.header.world, told, {
            steps: Object.keys(VOTE_COLOURS),
            colours: Object.values(VOTE_COLOURS),
            legend: "Vote; palest grey: not a member then, or not a state",
            description: `${title}, on a world map. The votes are in the table.`,
        }),
    };
}

/**
 * How each group that had members voted; only on resolutions.
 * @param {Votes} votes
 * @param {string} id
 */
function positions(votes, id) {
    const rollCall = at(votes, id);
    const bits = new Uint32Array(votes.words);
    bits[rollCall >> 5] = votes.resolutions[rollCall >> 5] & (1 << (rollCall & 31));
    const asked = { bits, first: rollCall >> 5, after: (rollCall >> 5) + 1 };
    return votes.header.groups
        .flatMap(({ group_code }) =>
            positionsOf(votes, group_code, asked).map((position) => ({ group_code, ...position })),
        )
        .sort((a, b) => (a.group_code < b.group_code ? -1 : 1));
}

const ONLY_RESOLUTIONS =
    "Groups are counted on adopted resolutions only, of which at least two members voted.";

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function byGroupPanel(votes, { id }) {
    const rows = positions(votes, id).map(
        ({ group_code, cast: [yes, abstain, no], plurality }) => ({
            group_code,
            yes_votes: yes,
            no_votes: no,
            abstain_votes: abstain,
            plurality: plurality === null ? null : VOTES[plurality],
        }),
    );
    const parts = ["yes", "abstain", "no"];
    const title = `By group, ${symbolOf(votes, id)}`;
    return {
        id: "groups",
        title,
        rows,
        lead: `Members on the day of the vote; the absent are left out. The plurality is the most common vote, none if two are tied.`,
        empty: ONLY_RESOLUTIONS,
        columns: [
            { key: "group_code", label: "Group", kind: "group" },
            { key: "yes_votes", label: "Yes", kind: "count" },
            { key: "no_votes", label: "No", kind: "count" },
            { key: "abstain_votes", label: "Abstain", kind: "count" },
            { key: "plurality", label: "Plurality", kind: "vote" },
        ],
        sql: `select distinct group_code, yes_votes, no_votes, abstain_votes, plurality
from marts.group_positions
where roll_call_id = ${quoted(id)}
order by group_code`,
        chart: stacked(
            rows.flatMap((row) => {
                const n = row.yes_votes + row.no_votes + row.abstain_votes;
                return /** @type {[string, number][]} */ ([
                    ["yes", row.yes_votes],
                    ["abstain", row.abstain_votes],
                    ["no", row.no_votes],
                ]).map(([part, count]) => ({
                    label: groupName(votes, row.group_code),
                    part,
                    count,
                    share: count / n,
                }));
            }),
            {
                parts,
                colours: [VOTE_COLOURS.yes, VOTE_COLOURS.abstain, VOTE_COLOURS.no],
                byYear: false,
                description: `${title}. The numbers are in the table.`,
            },
        ),
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function brokeRanksPanel(votes, { id }) {
    const rollCall = at(votes, id);
    const rows = positions(votes, id).flatMap(({ group_code, members, plurality }) => {
        if (plurality === null) return [];
        return members
            .map((member) => ({
                group_code,
                member: votes.states[member].state,
                vote: voteOf(votes, member, rollCall),
                plurality: VOTES[plurality],
            }))
            .filter((row) => row.vote !== row.plurality)
            .sort((a, b) => (a.member < b.member ? -1 : 1));
    });
    return {
        id: "broke-ranks",
        title: `Who broke ranks, ${symbolOf(votes, id)}`,
        rows,
        lead: "Members whose vote is not their group's plurality.",
        empty: "No member of a group voted differently from its plurality.",
        columns: [
            { key: "group_code", label: "Group", kind: "group" },
            { key: "member", label: "Member", kind: "state" },
            { key: "vote", label: "Vote", kind: "vote" },
            { key: "plurality", label: "Plurality of the group", kind: "vote" },
        ],
        sql: `select group_code, member, vote, plurality
from marts.group_positions
where roll_call_id = ${quoted(id)} and vote <> plurality
order by group_code, member`,
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function sameItemPanel(votes, { id }) {
    const { title } = votes.header.roll_calls;
    const code = title.codes[at(votes, id)];
    const rows = title.values[code]
        ? title.codes.flatMap((other, rollCall) => {
              if (other !== code) return [];
              const [yes, abstain, no, absent] = totals(votes, rollCall);
              return [
                  {
                      roll_call_id: votes.ids[rollCall],
                      vote_date: dayOf(votes, rollCall),
                      kind: field(votes, rollCall, "kind"),
                      yes_counted: yes,
                      no_counted: no,
                      abstain_counted: abstain,
                      absent_counted: absent,
                  },
              ];
          })
        : [];
    const parts = ["yes", "abstain", "no", "absent"];
    const heading = "The same item in other years";
    return {
        id: "same-item",
        title: heading,
        rows,
        lead:
            rows.length > 1
                ? "Roll calls under the same title, this one among them."
                : "No other roll call has the same title.",
        empty: "This roll call has no title.",
        columns: [
            { key: "roll_call_id", label: "Roll call", kind: "roll_call" },
            { key: "vote_date", label: "Day", kind: "day" },
            KIND_COLUMN,
            ...COUNTED_COLUMNS,
            { key: "absent_counted", label: "Absent", kind: "count" },
        ],
        sql: `select roll_call_id, vote_date, kind, yes_counted, no_counted, abstain_counted, absent_counted
from marts.dim_roll_calls
where coalesce(clean_title, title) = (
    select coalesce(clean_title, title) from marts.dim_roll_calls where roll_call_id = ${quoted(id)}
)
order by vote_date, roll_call_id`,
        chart:
            rows.length > 2 &&
            stacked(
                rows.flatMap((row) =>
                    [row.yes_counted, row.abstain_counted, row.no_counted, row.absent_counted].map(
                        (count, place) => ({
                            label: row.roll_call_id,
                            part: parts[place],
                            count,
                            share: count,
                        }),
                    ),
                ),
                {
                    parts,
                    colours: [
                        VOTE_COLOURS.yes,
                        VOTE_COLOURS.abstain,
                        VOTE_COLOURS.no,
                        VOTE_COLOURS.absent,
                    ],
                    byYear: false,
                    counts: true,
                    title: "Members",
                    description: `${heading}. The numbers are in the table.`,
                },
            ),
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function doubtsPanel(votes, { id }) {
    const rows = votes.header.doubts.filter((row) => row.roll_call_id === id);
    return {
        id: "doubts",
        title: "What looks wrong in the sources",
        rows,
        empty: "Nothing is known to be wrong with this roll call.",
        columns: [
            {
                key: "source",
                label: "Source",
                kind: "text",
                told: (row) => SOURCES[row.source] ?? row.source,
            },
            { key: "state", label: "State", kind: "state" },
            { key: "rule", label: "Rule", kind: "text" },
            { key: "says", label: "What", kind: "text" },
            { key: "done", label: "Done about it", kind: "text" },
            { key: "certainty", label: "Certainty", kind: "text" },
        ],
        sql: `select source, state, rule, says, done, certainty
from marts.doubts
where roll_call_id = ${quoted(id)}
order by all`,
    };
}
