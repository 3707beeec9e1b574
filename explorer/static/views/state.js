// A state: with whom it votes, by year and topic, its ideal points, absences, lone votes, key votes.
//
// Belongs here: what is shown of one state. Not here: two states (two-states.js).

import { dotPlot, lines } from "../charts.js";
import { measureField, stateField, statesField, topicField, yearsField } from "../controls.js";
import { countAbsences, countAll, countPair, listed } from "../counts.js";
import { NO, totals } from "../data.js";
import { inText, shortName, topicName } from "../names.js";
import {
    asArguments,
    asCondition,
    askedIn,
    askedOf,
    byValue,
    chosenStates,
    everyYear,
    list,
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

// Of the chart of partners, from either end.
const ENDS = 12;

/** @type {import("./common.js").View} */
export const stateView = {
    id: "state",
    name: "State",
    defaults: (votes) => ({
        s: votes.header.start.focus,
        with: votes.header.start.powers
            .filter((power) => power !== votes.header.start.focus)
            .join(","),
        measure: "agreement_half",
        ...usualQuestion(votes),
    }),
    fields: (votes, change) => [
        stateField(votes, "s", "State", change),
        measureField(change),
        topicField(votes, change),
        yearsField(votes, change),
        statesField(votes, "with", "Compared with", change),
    ],
    title: (votes, values) => `${shortName(votes, values.s)}, ${scope(votes, values)}`,
    panels: (votes, values) => [
        partnersPanel(votes, values),
        trajectoryPanel(votes, values),
        topicsPanel(votes, values),
        idealPointsPanel(votes, values),
        absencesPanel(votes, values),
        alonePanel(votes, values),
        keyVotesPanel(votes, values),
    ],
};

/**
 * The measure with every other state. The map shows the same.
 * @param {Votes} votes
 * @param {Values} values
 */
export function partners(votes, values) {
    const { s, measure } = values;
    const rows = countAll(votes, placeOf(votes, s), askedOf(votes, values))
        .map(([other, pair]) => ({
            partner: votes.states[other].state,
            ...measured(votes, pair, measure),
        }))
        .sort(byValue(measure, "partner"));
    const sql = `select partner, n, ${measure}, ${measure}_se
from marts.cohesion(
    ${quoted(s)}, ${asArguments(values)}
)
where n > 0
order by ${measure} desc nulls last, partner`;
    return { rows, sql };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function partnersPanel(votes, values) {
    const { measure } = values;
    const { label, share, about } = measureNamed(measure);
    const { rows, sql } = partners(votes, values);
    const told = rows.filter((row) => row[measure] !== null);
    const ends = told.length > 2 * ENDS ? [...told.slice(0, ENDS), ...told.slice(-ENDS)] : told;
    const name = shortName(votes, values.s);
    const title = `With whom ${inText(votes, values.s)} votes, ${scope(votes, values)}`;
    const left = told.length - ends.length;
    return {
        id: "partners",
        title,
        sql,
        rows,
        lead: `${label}: ${about}. n is the number of resolutions on which both voted; bars are 95% intervals.${left > 0 ? ` The chart has the ${ENDS} highest and the ${ENDS} lowest, the table all ${rows.length}.` : ""}`,
        empty: `There are no votes of ${inText(votes, values.s)} on these.`,
        columns: [{ key: "partner", label: "State", kind: "state" }, ...measureColumns(measure)],
        chart: dotPlot(
            ends.map((row) => ({
                label: shortName(votes, row.partner),
                series: name,
                ...pointOf(row, measure),
            })),
            {
                title: label,
                share,
                description: `${title}: ${label}, with intervals. The numbers are in the table.`,
            },
        ),
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function trajectoryPanel(votes, values) {
    const { s, measure } = values;
    const { label, share } = measureNamed(measure);
    const others = chosenStates(values).filter((code) => code !== s);
    const asked = yearsOf(values).map((year) => ({
        year,
        asked: askedIn(votes, values, year),
    }));
    const rows = others.flatMap((partner) =>
        asked
            .map(({ year, asked: ofYear }) => ({
                partner,
                year,
                ...measured(
                    votes,
                    countPair(votes, placeOf(votes, s), placeOf(votes, partner), ofYear),
                    measure,
                ),
            }))
            .filter((row) => row.n > 0),
    );
    const title = `${shortName(votes, s)} and chosen states by year, ${scope(votes, values)}`;
    return {
        id: "years",
        title,
        rows,
        lead: `A year without a shared vote breaks the line; bands are 95% intervals. Fewer than ${votes.header.minimum_n} shared votes measure nothing.`,
        empty: others.length ? "No shared votes." : "Choose states to compare with.",
        columns: [
            { key: "partner", label: "State", kind: "state" },
            { key: "year", label: "Year", kind: "year" },
            ...measureColumns(measure),
        ],
        sql: `select partner, year, n, ${measure}, ${measure}_se
from marts.cohesion_by_pair_year_topic
where state = ${quoted(s)} and partner in (${list(others) || "null"})
    and ${asCondition(values)} and n > 0
order by partner, year`,
        chart: lines(
            others.flatMap((partner) =>
                everyYear(
                    values,
                    shortName(votes, partner),
                    rows.filter((row) => row.partner === partner),
                    (row) => pointOf(row, measure),
                ),
            ),
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
function topicsPanel(votes, values) {
    const { s, measure, scheme, from, to } = values;
    const { label, share } = measureNamed(measure);
    const others = chosenStates(values).filter((code) => code !== s);
    const rows = votes.header.schemes[scheme].flatMap(([topic]) => {
        const asked = askedOf(votes, { ...values, topic });
        return others
            .map((partner) => ({
                topic,
                partner,
                ...measured(
                    votes,
                    countPair(votes, placeOf(votes, s), placeOf(votes, partner), asked),
                    measure,
                ),
            }))
            .filter((row) => row.n > 0);
    });
    const title = `${shortName(votes, s)} and chosen states by topic, ${period(values)}`;
    return {
        id: "topics",
        title,
        rows,
        lead: "A resolution can have several topics. Bars are 95% intervals.",
        empty: others.length ? "No shared votes." : "Choose states to compare with.",
        columns: [
            topicColumn(votes, values),
            { key: "partner", label: "State", kind: "state" },
            ...measureColumns(measure),
        ],
        sql: `select topic, power as partner, n, ${measure}, ${measure}_se
from marts.study_cohesion_of([${quoted(s)}], [${list(others)}], ${from}, ${to}, in_scheme := ${quoted(scheme)})
where year is null and n > 0
order by topic, partner`,
        chart: dotPlot(
            rows.map((row) => ({
                label: topicName(votes, scheme, row.topic),
                series: shortName(votes, row.partner),
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
function idealPointsPanel(votes, values) {
    const { s, from, to } = values;
    const states = [s, ...chosenStates(values).filter((code) => code !== s)];
    const {
        point_states: of,
        point_years: years,
        point_sessions: sessions,
        point_estimate: estimates,
        point_q05: lows,
        point_q95: highs,
    } = votes.arrays;
    const rows = states.flatMap((state) => {
        const place = placeOf(votes, state);
        const found = [];
        for (let at = 0; at < of.length; at++) {
            if (of[at] === place && years[at] >= Number(from) && years[at] <= Number(to)) {
                found.push({
                    state,
                    year: years[at],
                    session: sessions[at],
                    estimate: estimates[at],
                    q05: lows[at],
                    q95: highs[at],
                });
            }
        }
        return found;
    });
    const run = votes.header.ideal_points_run;
    const title = `Ideal points by session, ${period(values)}`;
    const through =
        run &&
        `Estimated from the votes through ${run.data_through}${run.is_current ? "" : ", which are not those of this file"}.`;
    return {
        id: "ideal-points",
        title,
        rows,
        lead: rows.length
            ? `Where each state stands on one line, with its 90% interval, at the opening year of the session; only distances mean anything. ${through}`
            : undefined,
        empty: of.length
            ? "No ideal point of these states in these years."
            : `This file has no ideal points: \`unga estimate${votes.header.publication.synthetic ? " --sample" : ""}\` adds them.`,
        columns: [
            { key: "state", label: "State", kind: "state" },
            { key: "year", label: "Session opened", kind: "year" },
            { key: "session", label: "Session", kind: "year" },
            { key: "estimate", label: "Ideal point", kind: "number" },
            { key: "q05", label: "90% interval from", kind: "number" },
            { key: "q95", label: "to", kind: "number" },
        ],
        sql: `select state, year, session, estimate, q05, q95
from marts.ideal_points
where series = 'all_votes' and state in (${list(states)}) and year between ${from} and ${to}
order by state, session`,
        chart: lines(
            states.flatMap((state) =>
                everyYear(
                    values,
                    shortName(votes, state),
                    rows.filter((row) => row.state === state),
                    (row) => ({ value: row.estimate, low: row.q05, high: row.q95 }),
                ),
            ),
            {
                title: "Ideal point, with its 90% interval",
                share: false,
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
function absencesPanel(votes, values) {
    const { s } = values;
    const rows = yearsOf(values)
        .map((year) => ({
            year,
            ...countAbsences(votes, placeOf(votes, s), askedIn(votes, values, year)),
        }))
        .filter((row) => row.n > 0);
    const name = shortName(votes, s);
    const title = `How often ${inText(votes, s)} was absent, ${scope(votes, values)}`;
    const [n, absent] = [
        rows.reduce((sum, row) => sum + row.n, 0),
        rows.reduce((sum, row) => sum + row.absent, 0),
    ];
    return {
        id: "absences",
        title,
        rows,
        lead: n
            ? `Absent from ${absent.toLocaleString("en")} of ${n.toLocaleString("en")} resolutions put to a recorded vote while it was a member (${((100 * absent) / n).toFixed(1)}%). A member without a recorded vote counts as absent.`
            : undefined,
        empty: "On none of these was a vote recorded while it was a member.",
        columns: [
            { key: "year", label: "Year", kind: "year" },
            { key: "n", label: "n", kind: "count" },
            { key: "absent", label: "Absent", kind: "count" },
        ],
        sql: `select year, count(*)::integer as n, count(*) filter (vote = 'absent')::integer as absent
from marts.fct_votes
${OF_RESOLUTIONS}
where state = ${quoted(s)} and kind = 'resolution' and ${asCondition(values)}
group by year
order by year`,
        chart: lines(
            everyYear(values, name, rows, (row) => ({ value: row.absent / row.n, n: row.n })),
            {
                title: "Absent",
                share: true,
                zeroToOne: true,
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
function alonePanel(votes, values) {
    const { s } = values;
    const place = placeOf(votes, s);
    const rows = listed(askedOf(votes, values))
        .filter(
            (rollCall) =>
                votes.matrix[place * votes.size + rollCall] === NO &&
                totals(votes, rollCall)[NO] === 1,
        )
        .map((rollCall) => rollCallRow(votes, rollCall));
    const name = shortName(votes, s);
    return {
        id: "alone",
        title: `${name} alone in voting no, ${scope(votes, values)}`,
        rows,
        empty: "It was never the only state that voted no on these.",
        columns: ROLL_CALL_COLUMNS,
        sql: `select roll_call_id, vote_date, ${TITLE}
from marts.fct_votes
${OF_RESOLUTIONS}
where state = ${quoted(s)} and vote = 'no' and no_counted = 1 and kind = 'resolution'
    and ${asCondition(values)}
order by vote_date, roll_call_id`,
    };
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function keyVotesPanel(votes, values) {
    const { s, from, to } = values;
    const rows = votes.header.key_votes.flatMap(
        ({ list: listName, roll_call_id, symbol, vote_date, conflict, title }) => {
            const at = votes.placeOf.get(roll_call_id ?? "");
            const vote = at === undefined ? null : voteOf(votes, placeOf(votes, s), at);
            const year = Number(vote_date.slice(0, 4));
            return vote && year >= Number(from) && year <= Number(to)
                ? [{ list: listName, symbol, roll_call_id, vote_date, conflict, title, vote }]
                : [];
        },
    );
    return {
        id: "key-votes",
        title: `Key votes of ${inText(votes, s)}, ${period(values)}`,
        rows,
        lead: "Resolutions on the conflicts of the study's list.",
        empty: "None of the listed key votes was taken in these years while it was a member.",
        columns: [
            { key: "list", label: "List", kind: "text", hidden: true },
            { key: "symbol", label: "Symbol", kind: "text", hidden: true },
            { key: "roll_call_id", label: "Roll call", kind: "roll_call" },
            { key: "vote_date", label: "Day", kind: "day" },
            { key: "vote", label: "Vote", kind: "vote" },
            { key: "conflict", label: "Conflict", kind: "text" },
            { key: "title", label: "Title", kind: "text" },
        ],
        sql: `select list, symbol, roll_call_id, vote_date, vote, conflict, title
from marts.key_votes
where state = ${quoted(s)} and year(vote_date) between ${from} and ${to}
order by list, vote_date, symbol`,
    };
}
