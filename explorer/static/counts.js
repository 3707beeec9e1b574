// Counting in bit sets.
//
// Belongs here: which roll calls are asked about, and how often states voted which way on them.
// Not here: what is made of the counts (measures.js), or the bit sets themselves (data.js).

import { ABSENT, ABSTAIN, NO, YES, NO_MEMBER } from "./data.js";

/** @typedef {import("./data.js").Votes} Votes */

/**
 * The roll calls asked about: a bit set, and its first word and the one after its last.
 * @typedef {{bits: Uint32Array, first: number, after: number}} Asked
 */

/** The counts of a pair of states, the vote of the first state first. */
export const CELLS = ["yy", "ya", "yn", "ay", "aa", "an", "ny", "na", "nn"];

/** @typedef {{yy: number, ya: number, yn: number, ay: number, aa: number, an: number, ny: number, na: number, nn: number, n: number, unanimous: number, absent_a: number, absent_b: number}} Pair */

/**
 * The number of bits that are set.
 * @param {number} word
 */
export function ones(word) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    return (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/**
 * The resolutions on a topic in these calendar years, both included.
 * @param {Votes} votes
 * @param {{scheme: string, topic: string, from: number, to: number}} question
 * @returns {Asked}
 */
export function askedAbout(votes, { scheme, topic, from, to }) {
    const [begin, end] = range(votes, from, to);
    const first = begin >> 5;
    const after = Math.ceil(end / 32);
    const bits = new Uint32Array(votes.words);
    const onTopic = votes.topics[scheme].get(topic);
    if (!onTopic || begin >= end) return { bits, first: 0, after: 0 };
    for (let word = first; word < after; word++)
        bits[word] = onTopic[word] & votes.resolutions[word];
    bits[first] &= -1 << (begin & 31);
    if (end & 31) bits[after - 1] &= (1 << (end & 31)) - 1;
    return { bits, first, after };
}

/**
 * The first roll call of these years, and the first one after them.
 * @param {Votes} votes
 * @param {number} from
 * @param {number} to
 */
export function range(votes, from, to) {
    return [firstOf(votes.years, from), firstOf(votes.years, to + 1)];
}

/**
 * @param {Int16Array} years
 * @param {number} year
 */
function firstOf(years, year) {
    let [low, high] = [0, years.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (years[middle] < year) low = middle + 1;
        else high = middle;
    }
    return low;
}

/**
 * How two states voted on the roll calls asked about.
 * @param {Votes} votes
 * @param {number} a
 * @param {number} b
 * @param {Asked} asked
 * @returns {Pair}
 */
export function countPair(votes, a, b, { bits, first, after }) {
    const [yes, abstain, no, absent] = votes.cast;
    const atA = a * votes.words;
    const atB = b * votes.words;
    let yy = 0,
        ya = 0,
        yn = 0,
        ay = 0,
        aa = 0,
        an = 0,
        ny = 0,
        na = 0,
        nn = 0,
        unanimous = 0,
        absentA = 0,
        absentB = 0;
    // No arrays within the loop: until it is compiled, which the first states wait for, they are slow.
    for (let word = first; word < after; word++) {
        const mask = bits[word];
        if (!mask) continue;
        const y = yes[atA + word] & mask;
        const m = abstain[atA + word] & mask;
        const n = no[atA + word] & mask;
        const toY = yes[atB + word];
        const toA = abstain[atB + word];
        const toN = no[atB + word];
        const castA = y | m | n;
        const castB = toY | toA | toN;
        // Most states were not yet, or no longer, members.
        if (!castA && !castB) continue;
        yy += ones(y & toY);
        ya += ones(y & toA);
        yn += ones(y & toN);
        ay += ones(m & toY);
        aa += ones(m & toA);
        an += ones(m & toN);
        ny += ones(n & toY);
        na += ones(n & toA);
        nn += ones(n & toN);
        unanimous += ones(castA & castB & votes.alike[word]);
        absentA += ones(absent[atA + word] & mask & castB);
        absentB += ones(castA & absent[atB + word]);
    }
    const n = yy + ya + yn + ay + aa + an + ny + na + nn;
    return {
        yy,
        ya,
        yn,
        ay,
        aa,
        an,
        ny,
        na,
        nn,
        n,
        unanimous,
        absent_a: absentA,
        absent_b: absentB,
    };
}

/**
 * One state with every other that voted on a roll call on which it voted, by their places.
 * @param {Votes} votes
 * @param {number} a
 * @param {Asked} asked
 * @returns {[number, Pair][]}
 */
export function countAll(votes, a, asked) {
    /** @type {[number, Pair][]} */
    const found = [];
    for (let b = 0; b < votes.states.length; b++) {
        if (b === a) continue;
        const pair = countPair(votes, a, b, asked);
        if (pair.n) found.push([b, pair]);
    }
    return found;
}

/**
 * The roll calls asked about on which two states opposed each other: yes against no (`strict`), or
 * any two different votes (`wide`).
 * @param {Votes} votes
 * @param {number} a
 * @param {number} b
 * @param {string} sense
 * @param {Asked} asked
 * @returns {Asked}
 */
export function opposed(votes, a, b, sense, { bits, first, after }) {
    const [yes, abstain, no] = votes.cast;
    const [atA, atB] = [a * votes.words, b * votes.words];
    const found = new Uint32Array(votes.words);
    for (let word = first; word < after; word++) {
        const [yA, mA, nA] = [yes[atA + word], abstain[atA + word], no[atA + word]];
        const [yB, mB, nB] = [yes[atB + word], abstain[atB + word], no[atB + word]];
        let both = (yA & nB) | (nA & yB);
        if (sense === "wide") both |= (mA & (yB | nB)) | ((yA | nA) & mB);
        found[word] = both & bits[word];
    }
    return { bits: found, first, after };
}

/**
 * Whose side a state took on roll calls on which two others opposed each other, and it was a member.
 * @param {Votes} votes
 * @param {number} focus
 * @param {number} a
 * @param {number} b
 * @param {Asked} asked
 */
export function countSides(votes, focus, a, b, asked) {
    const found = { n: 0, with_a: 0, with_b: 0, neither: 0, absent: 0 };
    for (const rollCall of listed(asked)) {
        const side = sideOf(votes, focus, a, b, rollCall);
        if (side) {
            found[side]++;
            found.n++;
        }
    }
    return found;
}

/**
 * @param {Votes} votes
 * @param {number} focus
 * @param {number} a
 * @param {number} b
 * @param {number} rollCall
 * @returns {"with_a" | "with_b" | "neither" | "absent" | null} null if it was no member
 */
export function sideOf(votes, focus, a, b, rollCall) {
    const { matrix, size } = votes;
    const vote = matrix[focus * size + rollCall];
    if (vote === NO_MEMBER) return null;
    if (vote === ABSENT) return "absent";
    if (vote === matrix[a * size + rollCall]) return "with_a";
    return vote === matrix[b * size + rollCall] ? "with_b" : "neither";
}

/**
 * The places of the roll calls in a bit set, in order.
 * @param {Asked} asked
 */
export function listed({ bits, first, after }) {
    const found = [];
    for (let word = first; word < after; word++) {
        for (let rest = bits[word]; rest; rest &= rest - 1)
            found.push(word * 32 + 31 - Math.clz32(rest & -rest));
    }
    return found;
}

/**
 * Of the roll calls asked about, those at which a state was a member, and those of them it missed.
 * @param {Votes} votes
 * @param {number} state
 * @param {Asked} asked
 */
export function countAbsences(votes, state, { bits, first, after }) {
    let [n, absent] = [0, 0];
    for (let word = first; word < after; word++) {
        const at = state * votes.words + word;
        n += ones(
            (votes.cast[YES][at] | votes.cast[ABSTAIN][at] | votes.cast[NO][at]) & bits[word],
        );
        absent += ones(votes.cast[ABSENT][at] & bits[word]);
    }
    return { n: n + absent, absent };
}
