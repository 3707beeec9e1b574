// The measures of agreement and of cohesion.
//
// Belongs here: the formulas of dbt_project/macros/measures/, where each is explained and its source
// named; tests/e2e/test_explorer.py holds the two equal. Not here: counting (counts.js).

import { CELLS } from "./counts.js";

/** @typedef {import("./counts.js").Pair} Pair */
/** @typedef {{key: string, label: string, share: boolean, about: string}} Measure */

/** Measures of two states, in the order of the marts. @type {Measure[]} */
export const MEASURES = [
    {
        key: "agreement_strict",
        label: "Agreement, same vote",
        share: true,
        about: "share of roll calls on which both cast the same vote",
    },
    {
        key: "agreement_half",
        label: "Agreement, abstention as half",
        share: true,
        about: "the same vote counts one, a roll call on which one of the two abstained half",
    },
    {
        key: "agreement_half_contested",
        label: "Agreement on contested roll calls",
        share: true,
        about: "agreement with abstention as half, roll calls on which all voted alike left out",
    },
    {
        key: "s_score",
        label: "S score",
        share: false,
        about: "Signorino and Ritter's S: 1 for always the same vote, −1 for always the opposite",
    },
    {
        key: "kappa_absolute",
        label: "Kappa, absolute distances",
        share: false,
        about: "Cohen's weighted kappa: 0 for the agreement expected from how often each votes which way",
    },
    {
        key: "kappa_squared",
        label: "Kappa, squared distances",
        share: false,
        about: "Cohen's weighted kappa with squared distances",
    },
    {
        key: "pi_absolute",
        label: "Pi, absolute distances",
        share: false,
        about: "Scott's weighted pi: as kappa, with the combined margins of both states",
    },
    {
        key: "pi_squared",
        label: "Pi, squared distances",
        share: false,
        about: "Scott's weighted pi with squared distances",
    },
    {
        key: "alignment_index",
        label: "Alignment index",
        share: false,
        about: "Benati and Capurri's A: agreement beyond that of two states which vote independently",
    },
    {
        key: "tau_b",
        label: "Tau-b",
        share: false,
        about: "Kendall's tau-b of the two states' votes",
    },
    {
        key: "opposition_share",
        label: "Opposition",
        share: true,
        about: "share of roll calls on which one said yes and the other no",
    },
    {
        key: "voting_coincidence",
        label: "Voting coincidence",
        share: true,
        about: "as the US State Department counts since 2014: with the partner's absences as half; the first state is the reference",
    },
    {
        key: "voting_coincidence_yes_no",
        label: "Voting coincidence, yes and no only",
        share: true,
        about: "the State Department's older count, without abstentions",
    },
];

/** Measures of a group, averaged over roll calls. @type {Measure[]} */
export const GROUP_MEASURES = [
    {
        key: "agreement_index",
        label: "Agreement index",
        share: false,
        about: "Hix, Noury and Roland's: 1 where all members voted alike, 0 where the three camps are equal",
    },
    {
        key: "rice",
        label: "Rice index",
        share: false,
        about: "|yes − no| / (yes + no), abstentions left out",
    },
    {
        key: "unanimity_share",
        label: "Unanimity",
        share: true,
        about: "share of roll calls on which all voting members voted alike",
    },
];

/**
 * Every measure of a pair and its standard error (`<measure>_se`); null below the minimum n, and
 * where the counts do not determine it.
 * @param {Pair} pair
 * @param {number} minimum
 * @returns {Record<string, number | null>}
 */
export function measuresOf(pair, minimum) {
    const { n, unanimous, absent_b: missed } = pair;
    /** @type {Record<string, number | null>} */
    const found = {};
    if (n < minimum) {
        for (const { key } of MEASURES) found[key] = found[`${key}_se`] = null;
        return found;
    }
    const agreeing = pair.yy + pair.aa + pair.nn;
    const half = pair.ya + pair.ay + pair.an + pair.na;
    const opposing = pair.yn + pair.ny;
    /** @type {[number, number][]} */
    const scored = [
        [agreeing, 1],
        [half, 0.5],
    ];
    const put = (
        /** @type {string} */ key,
        /** @type {number} */ value,
        /** @type {number} */ error,
    ) => {
        found[key] = Number.isFinite(value) ? value : null;
        found[`${key}_se`] = Number.isFinite(error) ? error : null;
    };
    put("agreement_strict", agreeing / n, errorOfMean([[agreeing, 1]], n));
    put("agreement_half", (agreeing + half / 2) / n, errorOfMean(scored, n));
    put(
        "agreement_half_contested",
        (agreeing - unanimous + half / 2) / (n - unanimous),
        errorOfMean(
            [
                [agreeing - unanimous, 1],
                [half, 0.5],
            ],
            n - unanimous,
        ),
    );
    put("s_score", 1 - (2 * (half + 2 * opposing)) / (2 * n), 2 * errorOfMean(scored, n));
    const margins = marginsOf(pair);
    for (const [name, far] of /** @type {[string, number][]} */ ([
        ["absolute", 2],
        ["squared", 4],
    ])) {
        const { observed, own, pooled } = distancesOf(pair, margins, far);
        put(`kappa_${name}`, 1 - (n * observed) / own, errorOfCorrected(pair, margins, far, false));
        put(
            `pi_${name}`,
            1 - (4 * n * observed) / pooled,
            errorOfCorrected(pair, margins, far, true),
        );
    }
    const { observed, own } = distancesOf(pair, margins, 2);
    put("alignment_index", (own || 0) / n ** 2 - observed / n, errorOfAlignment(pair, margins));
    const [tau, errorOfTau] = tauB(pair, margins);
    put("tau_b", tau, errorOfTau);
    put("opposition_share", opposing / n, errorOfMean([[opposing, 1]], n));
    put(
        "voting_coincidence",
        (agreeing + half / 2 + missed / 2) / (n + missed),
        errorOfMean([...scored, [missed, 0.5]], n + missed),
    );
    const decided = pair.yy + pair.nn + opposing;
    put(
        "voting_coincidence_yes_no",
        (pair.yy + pair.nn) / decided,
        errorOfMean([[pair.yy + pair.nn, 1]], decided),
    );
    return found;
}

/**
 * The standard error of a mean score: of counts and their scores, which add up to `total`.
 * @param {[number, number][]} scored
 * @param {number} total
 */
function errorOfMean(scored, total) {
    let [sum, squares] = [0, 0];
    for (const [count, score] of scored) {
        sum += count * score;
        squares += count * score * score;
    }
    return Math.sqrt(Math.max(squares - sum ** 2 / total, 0)) / total;
}

/** @typedef {{first: number[], second: number[]}} Margins  how often each said yes, abstained, said no */

/**
 * @param {Pair} pair
 * @returns {Margins}
 */
function marginsOf(pair) {
    return {
        first: [
            pair.yy + pair.ya + pair.yn,
            pair.ay + pair.aa + pair.an,
            pair.ny + pair.na + pair.nn,
        ],
        second: [
            pair.yy + pair.ay + pair.ny,
            pair.ya + pair.aa + pair.na,
            pair.yn + pair.an + pair.nn,
        ],
    };
}

/**
 * The summed distance of a yes, an abstention and a no from all votes of a margin.
 * @param {number[]} margin
 * @param {number} far
 */
const fromAll = ([y, a, n], far) => [a + far * n, y + n, far * y + a];

/**
 * The disagreement observed, and that expected from each state's own margins (times n squared) and
 * from both combined (times 4 n squared); NaN where the margins allow no difference.
 * @param {Pair} pair
 * @param {Margins} margins
 * @param {number} far  of a yes from a no: 2, or 4 if squared
 */
function distancesOf(pair, { first, second }, far) {
    const fromFirst = fromAll(first, far);
    const fromSecond = fromAll(second, far);
    let [own, pooled] = [0, 0];
    for (let vote = 0; vote < 3; vote++) {
        own += first[vote] * fromSecond[vote];
        pooled += (first[vote] + second[vote]) * (fromFirst[vote] + fromSecond[vote]);
    }
    const observed = pair.ya + pair.ay + pair.an + pair.na + far * (pair.yn + pair.ny);
    return { observed, own: own || NaN, pooled: pooled || NaN };
}

/** @param {number} far */
const distances = (far) => [0, 1, far, 1, 0, 1, far, 1, 0];

/**
 * @param {Pair} pair
 * @param {(count: number, row: number, column: number, cell: number) => number} term
 */
function sumOfCells(pair, term) {
    let sum = 0;
    CELLS.forEach((name, cell) => {
        sum += term(pair[/** @type {"yy"} */ (name)], Math.floor(cell / 3), cell % 3, cell);
    });
    return sum;
}

/**
 * @param {Pair} pair
 * @param {Margins} margins
 * @param {number} far
 * @param {boolean} combined
 */
function errorOfCorrected(pair, margins, far, combined) {
    const { observed, own, pooled } = distancesOf(pair, margins, far);
    const expected = combined ? pooled : own;
    const fromFirst = fromAll(margins.first, far);
    const fromSecond = fromAll(margins.second, far);
    const steps = distances(far);
    const sum = sumOfCells(pair, (count, i, j, cell) => {
        let all = fromSecond[i] + fromFirst[j];
        if (combined) all = 2 * (all + fromFirst[i] + fromSecond[j]);
        return count * ((observed / expected) * all - steps[cell]) ** 2;
    });
    return (
        (((combined ? 4 : 1) * pair.n) / expected) *
        Math.sqrt(Math.max(sum - observed ** 2 / pair.n, 0))
    );
}

/**
 * @param {Pair} pair
 * @param {Margins} margins
 */
function errorOfAlignment(pair, margins) {
    const { n } = pair;
    const { observed, own } = distancesOf(pair, margins, 2);
    const fromFirst = fromAll(margins.first, 2);
    const fromSecond = fromAll(margins.second, 2);
    const steps = distances(2);
    const sum = sumOfCells(
        pair,
        (count, i, j, cell) => count * ((fromSecond[i] + fromFirst[j]) / n - steps[cell]) ** 2,
    );
    return Math.sqrt(Math.max(sum / n - ((2 * (own || 0)) / n ** 2 - observed / n) ** 2, 0) / n);
}

/**
 * Tau-b and its standard error; NaN where a state always votes alike.
 * @param {Pair} pair
 * @param {Margins} margins
 */
function tauB(pair, { first, second }) {
    const { n, yy, ya, yn, ay, aa, an, ny, na, nn } = pair;
    const order = [
        aa + an + na + nn,
        an + nn - ay - ny,
        -(ay + aa + ny + na),
        na + nn - ya - yn,
        yy + nn - yn - ny,
        yy + ya - ny - na,
        -(ya + yn + aa + an),
        yy + ay - yn - an,
        yy + ya + ay + aa,
    ];
    const untied = (/** @type {number[]} */ margin) =>
        n ** 2 - margin[0] ** 2 - margin[1] ** 2 - margin[2] ** 2 || NaN;
    const [untiedFirst, untiedSecond] = [untied(first), untied(second)];
    const both = Math.sqrt(untiedFirst * untiedSecond);
    const tau = sumOfCells(pair, (count, _i, _j, cell) => count * order[cell]) / both;
    const sum = sumOfCells(pair, (count, i, j, cell) => {
        const gradient =
            (2 * order[cell]) / both + tau * (first[i] / untiedFirst + second[j] / untiedSecond);
        return count * gradient ** 2;
    });
    const mean = tau * (n ** 2 / untiedFirst + n ** 2 / untiedSecond);
    return [tau, Math.sqrt(Math.max(sum * n - mean ** 2, 0) / n)];
}

/**
 * The measures of a group on one roll call, from how many members cast which vote.
 * @param {number} yes
 * @param {number} abstain
 * @param {number} no
 */
export function cohesionOf(yes, abstain, no) {
    const cast = yes + abstain + no;
    const largest = Math.max(yes, no, abstain);
    return {
        agreement_index: (largest - (cast - largest) / 2) / cast,
        rice: yes + no ? Math.abs(yes - no) / (yes + no) : null,
        unanimity_share: largest === cast ? 1 : 0,
    };
}

/**
 * The most common vote of a group, by its number; null if two are tied.
 * @param {number} yes
 * @param {number} abstain
 * @param {number} no
 */
export function pluralityOf(yes, abstain, no) {
    if (yes > Math.max(no, abstain)) return 0;
    if (no > Math.max(yes, abstain)) return 2;
    return abstain > Math.max(yes, no) ? 1 : null;
}
