// The votes as the page holds them, from the packed file.
//
// Belongs here: reading the bytes (explorer/binary.py says how they lie), and the form in which
// everything else finds them. Not here: counting (counts.js).

export const VERSION = 1;
export const YES = 0;
export const ABSTAIN = 1;
export const NO = 2;
export const ABSENT = 3;
export const NO_MEMBER = 4;
/** The names of the votes, by their numbers. */
export const VOTES = ["yes", "abstain", "no", "absent"];

const MARK = "UNGAVOTE";

/**
 * @typedef {object} State
 * @property {string} state  ISO 3166-1 alpha-3, of ISO 3166-3 for dissolved states
 * @property {string} name
 * @property {string} short  its name in short
 * @property {string} in_text  the same as it stands within a sentence
 */

/**
 * @typedef {{
 *   publication: {run_id: string, published_at: string, code_version: string, synthetic: boolean, data_through: string},
 *   minimum_n: number,
 *   start: {focus: string, powers: string[]},
 *   left_out: string | null,
 *   states: State[],
 *   names: {state: string, name: string, kind: string}[],
 *   roll_calls: Record<string, {values: any[], codes: number[]}>,
 *   schemes: Record<string, [string, string][]>,
 *   subjects: string[],
 *   groups: {group_code: string, name: string, source: string}[],
 *   members: {group_code: string, state: string, joined_on: string | null, left_on: string | null, certainty: string}[],
 *   key_votes: {list: string, roll_call_id: string | null, symbol: string, vote_date: string, conflict: string, title: string}[],
 *   corrected: {roll_call_id: string, state: string, vote_as_given: string | null, corrected_by: string}[],
 *   doubts: {source: string, roll_call_id: string, state: string | null, rule: string, says: string, done: string, certainty: string}[],
 *   doubt_rules: {rule: string, doubts: number, roll_calls: number}[],
 *   coverage: {year: number, counted_by_library: number | null, found: number, missing: number, too_many: number, reason: string | null}[],
 *   completeness: {source: string, session: string, expected_roll_calls: number | null, found_roll_calls: number, status: string, gap_reason: string | null}[],
 *   freshness: {mart: string, data_through: string, releases: string, built_at: string, checked_at: string, is_fresh: boolean}[],
 *   seats: {state: string, first_year: number, last_year: number, note: string}[],
 *   ideal_points_run: {data_through: string, is_current: boolean, estimated_at: string} | null,
 *   world: any[],
 *   citation: {text: string, bibtex: string},
 *   arrays: Record<string, [string, number, number]>,
 * }} Header
 */

/**
 * Bit sets have a bit for each roll call, 32 a word; those of all states lie one after another.
 *
 * @typedef {object} Votes
 * @property {Header} header
 * @property {State[]} states
 * @property {Map<string, number>} placeOfState
 * @property {number} size  the number of roll calls, which are in order of their days
 * @property {number} words  of a bit set
 * @property {Uint8Array} matrix  states by roll calls
 * @property {Uint32Array[]} cast  the bit sets of yes, abstain, no and absent
 * @property {Uint32Array} alike  roll calls on which all who voted cast the same vote
 * @property {Uint32Array} resolutions
 * @property {Record<string, Map<string, Uint32Array>>} topics  by scheme
 * @property {Int16Array} years
 * @property {Int32Array} days  since 1970
 * @property {string[]} ids
 * @property {Map<string, number>} placeOf  of a roll call, by its id
 * @property {number} firstYear
 * @property {number} lastYear
 * @property {Record<string, any>} arrays
 */

/**
 * The bytes of the packed file, as the page has them.
 * @param {string} text  gzip, then base64
 */
export async function unpacked(text) {
    const binary = atob(text.trim());
    const packed = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) packed[at] = binary.charCodeAt(at);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The votes from the bytes of the packed file. Throws an Error for another version.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Votes}
 */
export function read(bytes) {
    const start = new DataView(bytes.buffer, bytes.byteOffset);
    const mark = String.fromCharCode(...bytes.subarray(0, MARK.length));
    if (bytes.length < 16 || mark !== MARK) throw new Error("The page has no votes in it.");
    const version = start.getUint32(8, true);
    if (version !== VERSION) {
        throw new Error(
            `The votes have version ${version}, and this page reads ${VERSION} only: make it again with \`unga explore\`.`,
        );
    }
    const end = 16 + start.getUint32(12, true);
    /** @type {Header} */
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, end)));
    const begin = bytes.byteOffset + Math.ceil(end / 8) * 8;
    const types = {
        uint8: Uint8Array,
        uint16: Uint16Array,
        int16: Int16Array,
        int32: Int32Array,
        float32: Float32Array,
    };
    /** @type {Record<string, any>} */
    const arrays = {};
    for (const [name, [type, offset, length]] of Object.entries(header.arrays)) {
        const form = types[/** @type {keyof typeof types} */ (type)];
        arrays[name] = new form(bytes.buffer, begin + offset, length);
    }
    return arranged(header, arrays);
}

/**
 * @param {Header} header
 * @param {Record<string, any>} arrays
 * @returns {Votes}
 */
function arranged(header, arrays) {
    const size = arrays.years.length;
    const words = Math.ceil(size / 32);
    const states = header.states;
    const matrix = new Uint8Array(states.length * size).fill(NO_MEMBER);
    const cast = VOTES.map(() => new Uint32Array(states.length * words));
    const seen = VOTES.map(() => new Uint32Array(words));
    let place = 0;
    for (let at = 0; at < arrays.spells.length; at += 3) {
        const [state, first, after] = arrays.spells.subarray(at, at + 3);
        for (let rollCall = first; rollCall < after; rollCall++, place++) {
            const vote = (arrays.votes[place >> 2] >> (2 * (place & 3))) & 3;
            matrix[state * size + rollCall] = vote;
            const bit = 1 << (rollCall & 31);
            cast[vote][state * words + (rollCall >> 5)] |= bit;
            seen[vote][rollCall >> 5] |= bit;
        }
    }
    const [yes, abstain, no] = seen;
    const alike = new Uint32Array(words);
    for (let word = 0; word < words; word++) {
        const two =
            (yes[word] & abstain[word]) | (yes[word] & no[word]) | (abstain[word] & no[word]);
        alike[word] = (yes[word] | abstain[word] | no[word]) & ~two;
    }
    const kinds = header.roll_calls.kind;
    const resolutions = new Uint32Array(words);
    kinds.codes.forEach((code, rollCall) => {
        if (kinds.values[code] === "resolution") resolutions[rollCall >> 5] |= 1 << (rollCall & 31);
    });
    const ids = header.roll_calls.roll_call_id.values;
    return {
        header,
        states,
        size,
        words,
        matrix,
        cast,
        alike,
        resolutions,
        arrays,
        ids,
        placeOfState: new Map(states.map((state, at) => [state.state, at])),
        placeOf: new Map(ids.map((id, at) => [id, at])),
        topics: Object.fromEntries(
            Object.entries(header.schemes).map(([scheme, named]) => [
                scheme,
                topicsOf(named, arrays[`topics_${scheme}`], size, words),
            ]),
        ),
        years: arrays.years,
        days: arrays.days,
        firstYear: arrays.years[0],
        lastYear: arrays.years[size - 1],
    };
}

/**
 * @param {[string, string][]} named
 * @param {Uint8Array} bits
 * @param {number} size
 * @param {number} words
 */
function topicsOf(named, bits, size, words) {
    const bytes = Math.ceil(size / 8);
    return new Map(
        named.map(([topic], at) => {
            const set = new Uint32Array(words);
            for (let byte = 0; byte < bytes; byte++)
                set[byte >> 2] |= bits[at * bytes + byte] << (8 * (byte & 3));
            return [topic, set];
        }),
    );
}

/**
 * A field of a roll call.
 * @param {Votes} votes
 * @param {number} rollCall
 * @param {string} name
 */
export function field(votes, rollCall, name) {
    const column = votes.header.roll_calls[name];
    return column.values[column.codes[rollCall]];
}

/**
 * The day of a roll call: 2022-03-02.
 * @param {Votes} votes
 * @param {number} rollCall
 */
export function dayOf(votes, rollCall) {
    return new Date(votes.days[rollCall] * 86_400_000).toISOString().slice(0, 10);
}

/**
 * Days since 1970 of a day, or the given number if there is none.
 * @param {string | null} day
 * @param {number} otherwise
 */
export function dayNumber(day, otherwise) {
    return day === null ? otherwise : Date.parse(day) / 86_400_000;
}

/**
 * How many members cast which vote on a roll call: yes, abstain, no, absent.
 * @param {Votes} votes
 * @param {number} rollCall
 */
export function totals(votes, rollCall) {
    const found = [0, 0, 0, 0, 0];
    for (let at = rollCall; at < votes.matrix.length; at += votes.size) found[votes.matrix[at]]++;
    return found.slice(0, 4);
}

/**
 * The UNBIS subjects of a roll call.
 * @param {Votes} votes
 * @param {number} rollCall
 */
export function subjectsOf(votes, rollCall) {
    const { subjects, subject_starts: starts } = votes.arrays;
    return Array.from(
        subjects.subarray(starts[rollCall], starts[rollCall + 1]),
        (at) => votes.header.subjects[at],
    );
}
