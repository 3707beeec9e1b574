// Opposition: where two powers opposed each other, with whom was a third state?
//
// Belongs here: its counts by year and topic, and the roll calls. Not here: two states alone
// (two-states.js).

import { SIDE_COLOURS, stacked } from "../charts.js";
import { choiceField, stateField, topicField, yearsField } from "../controls.js";
import { countSides, listed, opposed, sideOf } from "../counts.js";
import { inText, shortName, topicName } from "../names.js";
import {
    asArguments,
    asCondition,
    askedIn,
    askedOf,
    OF_RESOLUTIONS,
    period,
    placeOf,
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
export const oppositionView = {
    id: "opposition",
    name: "Opposition",
    defaults: (votes) => {
        const { focus, powers } = votes.header.start;
        return {
            f: focus,
            a: powers[0],
            b: powers[powers.length - 1],
            sense: "strict",
            ...usualQuestion(votes),
        };
    },
    fields: (votes, change) => [
        stateField(votes, "f", "Whose side", change),
        stateField(votes, "a", "First power", change),
        stateField(votes, "b", "Second power", change),
        choiceField(
            "sense",
            "Opposed",
            [
                ["strict", "Yes against no"],
                ["wide", "Any two different votes"],
            ],
            change,
        ),
        topicField(votes, change),
        yearsField(votes, change),
    ],
    refuse: (_votes, { f, a, b }) =>
        new Set([f, a, b]).size < 3 ? "Choose three different states." : null,
    title: (votes, values) =>
        `${shortName(votes, values.f)} between ${inText(votes, values.a)} and ${inText(votes, values.b)}, ${scope(votes, values)}`,
    panels: (votes, values) => [
        sidesPanel(votes, values),
        sidesByYearPanel(votes, values),
        sidesByTopicPanel(votes, values),
        sidesRollCallsPanel(votes, values),
    ],
};

/** @typedef {ReturnType<typeof countSides>} Sides */

/**
 * @param {Votes} votes
 * @param {Values} values
 * @param {import("../counts.js").Asked} asked
 */
function sides(votes, { f, a, b, sense }, asked) {
    const [first, second] = [placeOf(votes, a), placeOf(votes, b)];
    return countSides(
        votes,
        placeOf(votes, f),
        first,
        second,
        opposed(votes, first, second, sense, asked),
    );
}

/**
 * The parts of a chart, with the first power at one end and the second at the other.
 * @param {Votes} votes
 * @param {Values} values
 */
function parts(votes, { a, b }) {
    return {
        names: [`with ${inText(votes, a)}`, "with neither", "absent", `with ${inText(votes, b)}`],
        keys: /** @type {const} */ (["with_a", "neither", "absent", "with_b"]),
        colours: [SIDE_COLOURS[0], SIDE_COLOURS[2], SIDE_COLOURS[3], SIDE_COLOURS[1]],
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @param {string | number} label
 * @param {Sides} row
 */
function slices(votes, values, label, row) {
    const { names, keys } = parts(votes, values);
    return names.map((part, at) => ({
        label,
        part,
        count: row[keys[at]],
        share: row[keys[at]] / row.n,
    }));
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {import("./common.js").Column[]}
 */
const sideColumns = (votes, { a, b }) => [
    { key: "n", label: "n", kind: "count" },
    { key: "with_a", label: `With ${inText(votes, a)}`, kind: "count" },
    { key: "with_b", label: `With ${inText(votes, b)}`, kind: "count" },
    { key: "neither", label: "With neither", kind: "count" },
    { key: "absent", label: "Absent", kind: "count" },
];

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function sidesPanel(votes, values) {
    const { f, a, b, sense } = values;
    const row = { focus: f, ...sides(votes, values, askedOf(votes, values)) };
    const [focus, first, second] = [f, a, b].map((code) => inText(votes, code));
    const { names, colours } = parts(votes, values);
    const title = `Whose side ${focus} took when ${first} and ${second} opposed each other, ${scope(votes, values)}`;
    return {
        id: "sides",
        title,
        rows: row.n ? [row] : [],
        lead:
            sense === "strict"
                ? "Opposed: one said yes and the other no."
                : "Opposed: any two different votes, abstention included.",
        empty: "The two never opposed each other on these while the first-named state was a member.",
        columns: [{ key: "focus", label: "State", kind: "state" }, ...sideColumns(votes, values)],
        sql: `select focus, n, with_a, with_b, neither, absent
from marts.opposition_of(
    ${quoted(f)}, ${quoted(a)}, ${quoted(b)}, ${asArguments(values)}, in_sense := ${quoted(sense)}
)
where n > 0`,
        chart: stacked(row.n ? slices(votes, values, shortName(votes, f), row) : [], {
            parts: names,
            colours,
            byYear: false,
            description: `${title}. The numbers are in the table.`,
        }),
    };
}

/**
 * @param {Values} values
 * @param {string} and
 */
const studied = (
    { f, a, b, scheme, from, to, sense },
    and,
) => `from marts.study_opposition_of([${quoted(f)}], [${quoted(a)}, ${quoted(b)}], ${from}, ${to}, in_scheme := ${quoted(scheme)})
where sense = ${quoted(sense)} and ${and} and n > 0`;

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function sidesByYearPanel(votes, values) {
    const rows = yearsOf(values)
        .map((year) => ({
            year,
            ...sides(votes, values, askedIn(votes, values, year)),
        }))
        .filter((row) => row.n > 0);
    const { names, colours } = parts(votes, values);
    const found = new Map(rows.map((row) => [row.year, row]));
    const years = yearsOf(values).filter(
        (year) => year >= rows[0]?.year && year <= rows[rows.length - 1].year,
    );
    const title = `By year, ${scope(votes, values)}`;
    return {
        id: "years",
        title,
        rows,
        columns: [{ key: "year", label: "Year", kind: "year" }, ...sideColumns(votes, values)],
        sql: `select year, n, with_a, with_b, neither, absent
${studied(values, `year is not null and topic = ${quoted(values.topic)}`)}
order by year`,
        chart: stacked(
            years.flatMap((year) =>
                slices(
                    votes,
                    values,
                    year,
                    found.get(year) ?? { n: 1, with_a: 0, with_b: 0, neither: 0, absent: 0 },
                ),
            ),
            {
                parts: names,
                colours,
                byYear: true,
                description: `${title}: whose side it took. The numbers are in the table.`,
            },
        ),
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function sidesByTopicPanel(votes, values) {
    const { scheme } = values;
    const rows = votes.header.schemes[scheme]
        .map(([topic]) => ({
            topic,
            ...sides(votes, values, askedOf(votes, { ...values, topic })),
        }))
        .filter((row) => row.n > 0);
    const { names, colours } = parts(votes, values);
    const title = `By topic, ${period(values)}`;
    return {
        id: "topics",
        title,
        rows,
        columns: [topicColumn(votes, values), ...sideColumns(votes, values)],
        sql: `select topic, n, with_a, with_b, neither, absent
${studied(values, "year is null")}
order by topic`,
        chart: stacked(
            rows.flatMap((row) => slices(votes, values, topicName(votes, scheme, row.topic), row)),
            {
                parts: names,
                colours,
                byYear: false,
                description: `${title}: whose side it took. The numbers are in the table.`,
            },
        ),
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function sidesRollCallsPanel(votes, values) {
    const { f, a, b, sense } = values;
    const [focus, first, second] = [f, a, b].map((code) => placeOf(votes, code));
    const rows = listed(opposed(votes, first, second, sense, askedOf(votes, values)))
        .filter((rollCall) => sideOf(votes, focus, first, second, rollCall))
        .map((rollCall) => ({
            ...rollCallRow(votes, rollCall),
            focus_vote: voteOf(votes, focus, rollCall),
            vote_a: voteOf(votes, first, rollCall),
            vote_b: voteOf(votes, second, rollCall),
        }));
    const [rollCall, day, title] = ROLL_CALL_COLUMNS;
    return {
        id: "roll-calls",
        title: `The roll calls, ${scope(votes, values)}`,
        rows: rows.reverse(),
        lead: "Newest first.",
        columns: [
            rollCall,
            day,
            { key: "focus_vote", label: shortName(votes, f), kind: "vote" },
            { key: "vote_a", label: shortName(votes, a), kind: "vote" },
            { key: "vote_b", label: shortName(votes, b), kind: "vote" },
            title,
        ],
        sql: `select roll_call_id, vote_date, focus.vote as focus_vote, first.vote as vote_a, second.vote as vote_b,
    ${TITLE}
from marts.fct_votes as focus
inner join marts.fct_votes as first using (roll_call_id, year)
inner join marts.fct_votes as second using (roll_call_id, year)
${OF_RESOLUTIONS}
where focus.state = ${quoted(f)} and first.state = ${quoted(a)} and second.state = ${quoted(b)}
    and ${sense === "strict" ? "(first.vote, second.vote) in (('yes', 'no'), ('no', 'yes'))" : "first.vote <> second.vote and first.vote <> 'absent' and second.vote <> 'absent'"}
    and kind = 'resolution' and ${asCondition(values)}
order by vote_date desc, roll_call_id desc`,
    };
}
