// What several views share.
//
// Belongs here: the question that an address asks, parts of SQL, columns. Not here: a view.

import { askedAbout } from "../counts.js";
import { dayOf, field, VOTES } from "../data.js";
import { GROUP_MEASURES, MEASURES, measuresOf } from "../measures.js";
import { topicName } from "../names.js";
import { interval } from "../panels.js";

/** @typedef {import("../data.js").Votes} Votes */
/** @typedef {import("../panels.js").Panel} Panel */
/** @typedef {import("../panels.js").Column} Column */
/** @typedef {Record<string, string>} Values */
/**
 * @typedef {object} View
 * @property {string} id
 * @property {string} name
 * @property {(votes: Votes, change: import("../controls.js").Change) => import("../controls.js").Field[]} fields
 * @property {(votes: Votes) => Values} defaults  of all its arguments
 * @property {(votes: Votes, values: Values) => string} title
 * @property {(votes: Votes, values: Values) => Panel[]} panels
 * @property {(votes: Votes, values: Values) => string | null} [refuse]  why there is no answer
 */
/** @typedef {{scheme: string, topic: string, from: number, to: number}} Question */

/** @param {Votes} votes */
export const usualQuestion = (votes) => ({
    scheme: "study",
    topic: "all",
    from: String(votes.firstYear),
    to: String(votes.lastYear),
});

/**
 * @param {Values} values
 * @returns {Question}
 */
export const questionOf = ({ scheme, topic, from, to }) => ({
    scheme,
    topic,
    from: Number(from),
    to: Number(to),
});

/**
 * @param {Votes} votes
 * @param {Values} values
 */
export const askedOf = (votes, values) => askedAbout(votes, questionOf(values));

/**
 * The same in one year only.
 * @param {Votes} votes
 * @param {Values} values
 * @param {number} year
 */
export const askedIn = (votes, values, year) =>
    askedAbout(votes, { ...questionOf(values), from: year, to: year });

/** @param {string} key */
export function measureNamed(key) {
    return [...MEASURES, ...GROUP_MEASURES].find((measure) => measure.key === key) ?? MEASURES[0];
}

/** @param {Values} values */
export const period = ({ from, to }) => (from === to ? from : `${from} to ${to}`);

/**
 * The period, and the topic unless it is all: "1946 to 2026, Disarmament".
 * @param {Votes} votes
 * @param {Values} values
 */
export function scope(votes, values) {
    const topic =
        values.topic === "all" ? "" : `, ${topicName(votes, values.scheme, values.topic)}`;
    return `${period(values)}${topic}`;
}

/** @param {string} text */
export const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/** @param {string[]} codes */
export const list = (codes) => codes.map(quoted).join(", ");

/**
 * The arguments of the functions of the file that say which roll calls.
 * @param {Values} values
 */
export const asArguments = ({ scheme, topic, from, to }) =>
    `from_year := ${from}, to_year := ${to},\n    in_topic := ${quoted(topic)}, in_scheme := ${quoted(scheme)}`;

/**
 * The same as a condition.
 * @param {Values} values
 */
export const asCondition = ({ scheme, topic, from, to }) =>
    `scheme = ${quoted(scheme)} and topic = ${quoted(topic)} and year between ${from} and ${to}`;

/** The kinds of roll calls. */
const KINDS = /** @type {Record<string, string>} */ ({
    resolution: "resolution, adopted",
    decision: "decision, adopted",
    paragraph: "vote on a paragraph or part",
    amendment: "amendment",
    motion: "motion",
    not_adopted: "draft that was not adopted",
    duplicate: "additional record of another vote",
});

/** @param {string} kind */
export const kindNamed = (kind) => KINDS[kind] ?? kind;

export const TITLE = "coalesce(clean_title, title, '') as title";
/** Joins votes to their roll calls and topics. */
export const OF_RESOLUTIONS = `inner join marts.dim_roll_calls using (roll_call_id, year)
inner join marts.bridge_roll_call_topics using (roll_call_id)`;

/**
 * The columns of a measure: its n, its value, and its interval from the standard error.
 * @param {string} key
 * @returns {Column[]}
 */
export function measureColumns(key) {
    const { label, share } = measureNamed(key);
    return [
        { key: "n", label: "n", kind: "count" },
        { key, label, kind: share ? "share" : "number" },
        { key: `${key}_se`, label: "95% interval", kind: "interval", of: key, share },
    ];
}

/**
 * n, the value and the standard error of one measure.
 * @param {Votes} votes
 * @param {import("../counts.js").Pair} pair
 * @param {string} key
 * @returns {any}  a row whose keys are those of the measure
 */
export function measured(votes, pair, key) {
    const all = measuresOf(pair, votes.header.minimum_n);
    return { n: pair.n, [key]: all[key], [`${key}_se`]: all[`${key}_se`] };
}

/**
 * Larger values first, missing ones last, then by a text.
 * @param {string} key
 * @param {string} then
 */
export const byValue = (key, then) => (/** @type {any} */ a, /** @type {any} */ b) => {
    if (a[key] === null || b[key] === null) {
        if (a[key] !== b[key]) return a[key] === null ? 1 : -1;
    } else if (a[key] !== b[key]) return b[key] - a[key];
    return a[then] < b[then] ? -1 : Number(a[then] > b[then]);
};

/**
 * A row's measure with its n and its interval, for a chart.
 * @param {Record<string, any>} row
 * @param {string} key
 */
export function pointOf(row, key) {
    const [low, high] = interval(row[key], row[`${key}_se`], measureNamed(key).share);
    return { value: row[key], n: row.n, low, high };
}

/**
 * @param {Values} values
 */
export function yearsOf({ from, to }) {
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => Number(from) + at);
}

/**
 * One point a year, with no value where there is no row, so that no line is drawn across it.
 * @template {{year: number}} Row
 * @param {Values} values
 * @param {string} name
 * @param {Row[]} rows
 * @param {(row: Row) => {value: number | null, low?: number | null, high?: number | null, n?: number}} told
 * @returns {import("../charts.js").Point[]}
 */
export function everyYear(values, name, rows, told) {
    const found = new Map(rows.map((row) => [row.year, row]));
    const [first, last] = [rows[0]?.year ?? 0, rows[rows.length - 1]?.year ?? 0];
    return yearsOf(values)
        .filter((year) => year >= first && year <= last)
        .map((year) => {
            const row = found.get(year);
            return {
                name,
                year,
                ...(row ? told(row) : { value: null, low: null, high: null, n: 0 }),
            };
        });
}

/**
 * What lists of roll calls have in common.
 * @param {Votes} votes
 * @param {number} rollCall
 */
export function rollCallRow(votes, rollCall) {
    return {
        roll_call_id: votes.ids[rollCall],
        vote_date: dayOf(votes, rollCall),
        title: field(votes, rollCall, "title"),
    };
}

/** @type {Column[]} */
export const ROLL_CALL_COLUMNS = [
    { key: "roll_call_id", label: "Roll call", kind: "roll_call" },
    { key: "vote_date", label: "Day", kind: "day" },
    { key: "title", label: "Title", kind: "text" },
];

/** @type {Column} */
export const KIND_COLUMN = {
    key: "kind",
    label: "Kind",
    kind: "text",
    told: (row) => kindNamed(row.kind),
};

/** @type {Column[]} */
export const COUNTED_COLUMNS = [
    { key: "yes_counted", label: "Yes", kind: "count" },
    { key: "no_counted", label: "No", kind: "count" },
    { key: "abstain_counted", label: "Abstain", kind: "count" },
];

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Column}
 */
export const topicColumn = (votes, { scheme }) => ({
    key: "topic",
    label: "Topic",
    kind: "text",
    told: (row) => topicName(votes, scheme, row.topic),
});

/**
 * @param {Votes} votes
 * @param {number} state
 * @param {number} rollCall
 * @returns {string | null} null if it was no member
 */
export const voteOf = (votes, state, rollCall) =>
    VOTES[votes.matrix[state * votes.size + rollCall]] ?? null;

/**
 * The place of a state.
 * @param {Votes} votes
 * @param {string} code
 */
export const placeOf = (votes, code) => /** @type {number} */ (votes.placeOfState.get(code));

/** @param {Values} values */
export const chosenStates = (values) => (values.with ?? "").split(",").filter(Boolean);
