// Groups of states on roll calls.
//
// Belongs here: who was a member on a day, and how the members voted. Not here: the measures of a
// group (measures.js), or of pairs (counts.js).

import { listed } from "./counts.js";
import { dayNumber, NO } from "./data.js";
import { pluralityOf } from "./measures.js";

/** @typedef {import("./data.js").Votes} Votes */
/** @typedef {{rollCall: number, cast: [number, number, number], plurality: number | null, members: number[]}} Position */

/**
 * The spells of membership in a group, in days since 1970: the first, and the first one after it.
 * @param {Votes} votes
 * @param {string} group
 */
export function spellsOf(votes, group) {
    return votes.header.members
        .filter((member) => member.group_code === group)
        .map(({ state, joined_on, left_on }) => ({
            state: votes.placeOfState.get(state) ?? -1,
            from: dayNumber(joined_on, -Infinity),
            to: dayNumber(left_on, Infinity),
        }));
}

/**
 * How the members of the day voted on each roll call on which at least two of them did; `members` are
 * those who voted.
 * @param {Votes} votes
 * @param {string} group
 * @param {import("./counts.js").Asked} asked
 * @returns {Position[]}
 */
export function positionsOf(votes, group, asked) {
    const spells = spellsOf(votes, group);
    const found = [];
    for (const rollCall of listed(asked)) {
        const day = votes.days[rollCall];
        /** @type {[number, number, number]} */
        const cast = [0, 0, 0];
        const members = [];
        for (const { state, from, to } of spells) {
            if (state < 0 || day < from || day >= to) continue;
            const vote = votes.matrix[state * votes.size + rollCall];
            if (vote > NO) continue;
            cast[vote]++;
            members.push(state);
        }
        if (members.length >= 2)
            found.push({ rollCall, cast, members, plurality: pluralityOf(...cast) });
    }
    return found;
}
