// What things are called, and finding them by what a person types.
//
// Belongs here: states by name, code or former name, roll calls by symbol, names of topics and groups.
// Not here: the search over titles (views/search.js).

/** @typedef {import("./data.js").Votes} Votes */

/** @param {string} text */
export const plain = (text) =>
    text
        .normalize("NFD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, " ")
        .trim();

/**
 * The code of a state, from its code or any of its names; null if there is none.
 * @param {Votes} votes
 * @param {string} typed
 */
export function stateNamed(votes, typed) {
    const code = typed.trim().toUpperCase();
    if (votes.placeOfState.has(code)) return code;
    // As the list offers it: Kazakhstan (KAZ).
    const bracketed = /\(([A-Z]{3})\)$/.exec(code);
    if (bracketed && votes.placeOfState.has(bracketed[1])) return bracketed[1];
    const asked = plain(typed);
    if (!asked) return null;
    const names = votes.header.names;
    const exact = names.find(({ name }) => plain(name) === asked);
    if (exact) return exact.state;
    const begun = new Set(
        names.filter(({ name }) => plain(name).startsWith(asked)).map(({ state }) => state),
    );
    return begun.size === 1 ? [...begun][0] : null;
}

/**
 * States whose names are near to what was typed, for a message.
 * @param {Votes} votes
 * @param {string} typed
 */
export function nearest(votes, typed) {
    const asked = plain(typed);
    const parts = asked
        .split(" ")
        .filter((part) => part.length > 2)
        .map((part) => part.slice(0, 4));
    const near = votes.header.names.filter(({ name }) =>
        parts.some((part) => plain(name).includes(part)),
    );
    return [...new Set(near.map(({ state }) => state))]
        .slice(0, 3)
        .map((state) => `${nameOf(votes, state)} (${state})`);
}

/**
 * @param {Votes} votes
 * @param {string} code
 */
export function nameOf(votes, code) {
    const at = votes.placeOfState.get(code);
    return at === undefined ? code : votes.states[at].name;
}

/**
 * A name short enough for a table or a chart.
 * @param {Votes} votes
 * @param {string} code
 */
export function shortName(votes, code) {
    const at = votes.placeOfState.get(code);
    return at === undefined ? code : votes.states[at].short;
}

/**
 * The short name as it stands within a sentence: the United States.
 * @param {Votes} votes
 * @param {string} code
 */
export function inText(votes, code) {
    const at = votes.placeOfState.get(code);
    return at === undefined ? code : votes.states[at].in_text;
}

/**
 * @param {Votes} votes
 * @param {string} scheme
 * @param {string} topic
 */
export function topicName(votes, scheme, topic) {
    if (topic === "all") return "All topics";
    if (topic === "none") return "No topic";
    return votes.header.schemes[scheme].find(([code]) => code === topic)?.[1] ?? topic;
}

/**
 * @param {Votes} votes
 * @param {string} code
 */
export function groupName(votes, code) {
    return votes.header.groups.find((group) => group.group_code === code)?.name ?? code;
}

/**
 * The place of a roll call, from its id or the symbol of its resolution; -1 if there is none.
 * @param {Votes} votes
 * @param {string} typed
 */
export function rollCallNamed(votes, typed) {
    const exact = votes.placeOf.get(typed.trim());
    if (exact !== undefined) return exact;
    const asked = squeezed(typed);
    if (!asked) return -1;
    const { symbol, kind } = votes.header.roll_calls;
    const matches = (/** @type {number} */ at) =>
        [votes.ids[at], symbol.values[symbol.codes[at]]].some(
            (one) => one && squeezed(one) === asked,
        );
    const found = votes.ids.map((_, at) => at).filter(matches);
    return found.find((at) => kind.values[kind.codes[at]] === "resolution") ?? found[0] ?? -1;
}

/** @param {string} symbol */
const squeezed = (symbol) =>
    symbol
        .toUpperCase()
        .replace(/\s+/g, "")
        .replace(/^(A\/)?(RES\/)?(?=.)/, "");
