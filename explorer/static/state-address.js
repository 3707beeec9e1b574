// The page's state, which is all in its address.
//
// Belongs here: reading and writing the part of the address after #. Not here: what a view makes of
// it, or which values are valid (page.js).
//
// #/two-states?a=KAZ&b=CHN&from=2007: the view, then its arguments. Codes and symbols stay readable.

/**
 * @typedef {{view: string, values: Record<string, string>}} Address
 */

/**
 * @param {string} hash
 * @returns {Address}
 */
export function parseAddress(hash) {
    const [path, query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
    return { view: decode(path), values: Object.fromEntries(new URLSearchParams(query)) };
}

/**
 * @param {string} view
 * @param {Record<string, string | number | undefined>} values
 */
export function formatAddress(view, values) {
    const query = Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(
            ([name, value]) =>
                `${name}=${encodeURIComponent(String(value)).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%20", "+")}`,
        )
        .join("&");
    return `#/${view}${query ? `?${query}` : ""}`;
}

/** @param {string} text */
function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}
