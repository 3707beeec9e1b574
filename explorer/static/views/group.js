// A group: its members, its cohesion by year and topic, and who stands farthest from it.
//
// Belongs here: what is shown of a group. Not here: how its members voted on one roll call
// (roll-call.js).

import { dotPlot, lines } from "../charts.js";
import { choiceField, groupMeasureField, topicField, yearsField } from "../controls.js";
import { positionsOf, spellsOf } from "../groups.js";
import { cohesionOf } from "../measures.js";
import { groupName, shortName, topicName } from "../names.js";
import {
    asCondition,
    askedOf,
    byValue,
    everyYear,
    measureNamed,
    period,
    quoted,
    scope,
    topicColumn,
    usualQuestion,
} from "./common.js";

/** @typedef {import("./common.js").Votes} Votes */
/** @typedef {import("./common.js").Values} Values */
/** @typedef {import("./common.js").Panel} Panel */

/** @type {import("./common.js").View} */
export const groupView = {
    id: "group",
    name: "Group",
    defaults: (votes) => ({
        g: votes.header.groups.some((group) => group.group_code === "EU")
            ? "EU"
            : votes.header.groups[0].group_code,
        measure: "agreement_index",
        ...usualQuestion(votes),
    }),
    fields: (votes, change) => [
        choiceField(
            "g",
            "Group",
            votes.header.groups.map(({ group_code, name }) => [group_code, name]),
            change,
        ),
        groupMeasureField(change),
        topicField(votes, change),
        yearsField(votes, change),
    ],
    title: (votes, values) => `${groupName(votes, values.g)}, ${scope(votes, values)}`,
    panels: (votes, values) => [
        groupYearsPanel(votes, values),
        groupTopicsPanel(votes, values),
        farthestPanel(votes, values),
        membersPanel(votes, values),
    ],
};

const FORMULAS = /** @type {Record<string, string>} */ ({
    agreement_index: `avg(
        (greatest(yes_votes, no_votes, abstain_votes) * 1.5 - (yes_votes + no_votes + abstain_votes) / 2)
        / (yes_votes + no_votes + abstain_votes)
    )`,
    rice: "avg(abs(yes_votes - no_votes) / nullif(yes_votes + no_votes, 0))",
    unanimity_share:
        "avg((greatest(yes_votes, no_votes, abstain_votes) = yes_votes + no_votes + abstain_votes)::integer)",
});

/**
 * The mean of a measure over roll calls on which it has a value.
 * @param {import("../groups.js").Position[]} positions
 * @param {string} measure
 */
function meanCohesion(positions, measure) {
    let [sum, size] = [0, 0];
    for (const { cast } of positions) {
        const value = cohesionOf(...cast)[/** @type {"rice"} */ (measure)];
        if (value === null) continue;
        sum += value;
        size++;
    }
    return { roll_calls: positions.length, [measure]: size ? sum / size : null };
}

/**
 * @param {string} measure
 * @returns {import("./common.js").Column[]}
 */
function cohesionColumns(measure) {
    const { label, share } = measureNamed(measure);
    return [
        { key: "roll_calls", label: "n", kind: "count" },
        { key: measure, label, kind: share ? "share" : "number" },
    ];
}

/**
 * @param {Votes} votes
 * @param {Values} values
 * @returns {Panel}
 */
function groupYearsPanel(votes, values) {
    const { g, measure } = values;
    const { label, share, about } = measureNamed(measure);
    /** @type {Map<number, import("../groups.js").Position[]>} */
    const byYear = new Map();
    for (const position of positionsOf(votes, g, askedOf(votes, values))) {
        const year = votes.years[position.rollCall];
        byYear.set(year, [...(byYear.get(year) ?? []), position]);
    }
    const rows = [...byYear].map(([year, positions]) => ({
        year,
        .../** @type {any} */ (meanCohesion(positions, measure)),
    }));
    const title = `${groupName(votes, g)}: cohesion by year, ${scope(votes, values)}`;
    return {
        id: "years",
        title,
        rows,
        lead: `${label}: ${about}; the mean over the resolutions (n) on which at least two members of the day voted.`,
        empty: "On none of these did two members vote.",
        columns: [{ key: "year", label: "Year", kind: "year" }, ...cohesionColumns(measure)],
        sql: `select year, roll_calls, ${measure}
from marts.group_cohesion
where group_code = ${quoted(g)} and ${asCondition(values)}
order by year`,
        chart: lines(
            everyYear(values, groupName(votes, g), rows, (row) => ({
                value: row[measure],
                n: row.roll_calls,
            })),
            {
                title: label,
                share,
                zeroToOne: true,
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
function groupTopicsPanel(votes, values) {
    const { g, measure, scheme, from, to } = values;
    const { label, share } = measureNamed(measure);
    const rows = votes.header.schemes[scheme]
        .map(([topic]) => ({
            topic,
            .../** @type {any} */ (
                meanCohesion(positionsOf(votes, g, askedOf(votes, { ...values, topic })), measure)
            ),
        }))
        .filter((row) => row.roll_calls > 0);
    const title = `${groupName(votes, g)}: cohesion by topic, ${period(values)}`;
    return {
        id: "topics",
        title,
        rows,
        empty: "On none of these did two members vote.",
        columns: [topicColumn(votes, values), ...cohesionColumns(measure)],
        sql: `with positions as (
    select distinct roll_call_id, yes_votes, no_votes, abstain_votes
    from marts.group_positions
    where group_code = ${quoted(g)}
)

select topic, count(*)::integer as roll_calls,
    ${FORMULAS[measure]} as ${measure}
from positions
inner join marts.dim_roll_calls using (roll_call_id)
inner join marts.bridge_roll_call_topics using (roll_call_id)
where scheme = ${quoted(scheme)} and year between ${from} and ${to}
group by topic
order by topic`,
        chart: dotPlot(
            rows.map((row) => ({
                label: topicName(votes, scheme, row.topic),
                series: label,
                value: row[measure],
                low: null,
                high: null,
                n: row.roll_calls,
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
function farthestPanel(votes, values) {
    const { g } = values;
    const POSITION = [1, 0, -1];
    /** @type {Map<number, {n: number, against: number, distance: number}>} */
    const found = new Map();
    for (const { rollCall, members, plurality } of positionsOf(votes, g, askedOf(votes, values))) {
        if (plurality === null) continue;
        for (const member of members) {
            const vote = votes.matrix[member * votes.size + rollCall];
            const so = found.get(member) ?? { n: 0, against: 0, distance: 0 };
            so.n++;
            so.against += Number(vote !== plurality);
            so.distance += Math.abs(POSITION[vote] - POSITION[plurality]);
            found.set(member, so);
        }
    }
    const rows = [...found]
        .map(([member, { n, against, distance }]) => ({
            member: votes.states[member].state,
            n,
            against_plurality_share: against / n,
            mean_distance: distance / n,
        }))
        .sort(byValue("mean_distance", "member"));
    const title = `${groupName(votes, g)}: who stands farthest from it, ${scope(votes, values)}`;
    return {
        id: "farthest",
        title,
        rows,
        lead: "The mean distance of a member's vote from the group's most common vote: an abstention is one step from yes and from no. n is the number of resolutions on which it voted and the group had a most common vote.",
        empty: "On none of these did two members vote.",
        columns: [
            { key: "member", label: "Member", kind: "state" },
            { key: "n", label: "n", kind: "count" },
            { key: "against_plurality_share", label: "Not with the plurality", kind: "share" },
            { key: "mean_distance", label: "Mean distance", kind: "number" },
        ],
        sql: `select member, sum(n)::integer as n,
    sum(against_plurality_share * n) / sum(n) as against_plurality_share,
    sum(mean_distance * n) / sum(n) as mean_distance
from marts.group_member_distance
where group_code = ${quoted(g)} and ${asCondition(values)}
group by member
order by mean_distance desc, member`,
        chart: dotPlot(
            rows.slice(0, 20).map((row) => ({
                label: shortName(votes, row.member),
                series: "Mean distance",
                value: row.mean_distance,
                low: null,
                high: null,
                n: row.n,
            })),
            {
                title: "Mean distance",
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
function membersPanel(votes, values) {
    const { g, to } = values;
    const group = votes.header.groups.find(({ group_code }) => group_code === g);
    const rows = votes.header.members
        .filter(({ group_code }) => group_code === g)
        .map(({ state, joined_on, left_on, certainty }) => ({
            state,
            joined_on,
            left_on,
            certainty,
        }));
    const last = Date.UTC(Number(to), 11, 31) / 86_400_000;
    const then = spellsOf(votes, g).filter(
        ({ from, to: until }) => from <= last && last < until,
    ).length;
    return {
        id: "members",
        title: `${groupName(votes, g)}: members`,
        rows,
        lead: `${then} members at the end of ${to}; ${new Set(rows.map((row) => row.state)).size} ever. Each vote is counted with the members of its day. ${group?.source ?? ""}`,
        columns: [
            { key: "state", label: "State", kind: "state" },
            { key: "joined_on", label: "Joined", kind: "day" },
            { key: "left_on", label: "Left", kind: "day" },
            { key: "certainty", label: "Certainty of the day", kind: "text" },
        ],
        sql: `select state, joined_on, left_on, certainty
from marts.dim_group_members
where group_code = ${quoted(g)}
order by state, joined_on`,
    };
}
