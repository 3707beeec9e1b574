// A part of a view: what it says, its chart, its numbers as a table and as files, and the SQL that
// gives the same numbers from the DuckDB file.
//
// Belongs here: laying a part out, and its files. Not here: what is in it (views/).

import { draw, saved } from "./charts.js";
import { field } from "./data.js";
import { el } from "./dom.js";
import { groupName, shortName } from "./names.js";
import { formatAddress } from "./state-address.js";

/** @typedef {import("./data.js").Votes} Votes */

/**
 * @typedef {object} Column
 * @property {string} key  its name in the SQL and in the CSV
 * @property {string} label
 * @property {"text" | "count" | "year" | "day" | "share" | "number" | "interval" | "state" | "group" | "vote" | "roll_call"} kind
 *   an interval is told from the standard error in it and the column `of`
 * @property {string} [of]
 * @property {boolean} [share]  of an interval: whether it is one of shares
 * @property {boolean} [hidden]  only in the CSV
 * @property {(row: Row) => string} [told]  the text of a cell, if not the value
 */
/** @typedef {Record<string, any>} Row */
/**
 * @typedef {object} Panel
 * @property {string} id
 * @property {string} title
 * @property {string} [lead]
 * @property {Column[]} columns
 * @property {Row[]} rows
 * @property {string} sql
 * @property {any} [chart]
 * @property {string} [empty]  what to say without rows
 * @property {Node} [before]  anything to show before the chart
 */

const SHOWN = 60;
// Of a normal distribution: 95 % lie within so many standard errors.
const WITHIN_95 = 1.96;

/**
 * The bounds of a 95 % interval; those of a share lie between 0 and 1.
 * @param {number | null} value
 * @param {number | null} error
 * @param {boolean} share
 * @returns {[number | null, number | null]}
 */
export function interval(value, error, share) {
    if (value === null || error === null) return [null, null];
    const [low, high] = [value - WITHIN_95 * error, value + WITHIN_95 * error];
    return share ? [Math.max(low, 0), Math.min(high, 1)] : [low, high];
}

/**
 * @param {number | null | undefined} value
 * @param {boolean} share
 */
export function told(value, share) {
    if (value === null || value === undefined) return "–";
    return (share ? `${(100 * value).toFixed(1)}%` : value.toFixed(3)).replace("-", "−");
}

/**
 * @param {number | null} value
 * @param {number | null} error
 * @param {boolean} share
 */
export function toldInterval(value, error, share) {
    const [low, high] = interval(value, error, share);
    return low === null ? "–" : `${told(low, share)} to ${told(high, share)}`;
}

/**
 * @param {Votes} votes
 * @param {Panel} panel
 * @param {(name: string) => string} fileName
 * @returns {HTMLElement}
 */
export function laidOut(votes, panel, fileName) {
    const { id, title, rows, columns } = panel;
    const visible = columns.filter((column) => !column.hidden);
    const shown = el("tbody");
    const fill = (/** @type {Row[]} */ some) =>
        shown.replaceChildren(
            ...some.map((row) =>
                el(
                    "tr",
                    {},
                    visible.map((column, at) => cell(votes, column, row, at === 0)),
                ),
            ),
        );
    fill(rows.slice(0, SHOWN));
    const more =
        rows.length > SHOWN &&
        el(
            "button",
            {
                type: "button",
                class: "more",
                onclick: (/** @type {Event} */ event) => {
                    fill(rows);
                    // The focus would be lost with the button.
                    table.focus({ preventScroll: true });
                    /** @type {HTMLElement} */ (event.target).remove();
                },
            },
            `Show all ${rows.length.toLocaleString("en")} rows`,
        );
    const table = el(
        "div",
        { class: "scroll", role: "region", "aria-labelledby": `${id}-caption`, tabindex: 0 },
        el(
            "table",
            {},
            el(
                "caption",
                { id: `${id}-caption` },
                `${title}: ${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`,
            ),
            el(
                "thead",
                {},
                el(
                    "tr",
                    {},
                    visible.map((column) =>
                        el("th", { scope: "col", class: isNumber(column) && "r" }, column.label),
                    ),
                ),
            ),
            shown,
        ),
    );
    return el(
        "section",
        { id, class: "panel", "aria-labelledby": `${id}-title` },
        el("h2", { id: `${id}-title` }, title),
        panel.lead && el("p", {}, panel.lead),
        panel.before,
        rows.length === 0 && el("p", { class: "nothing" }, panel.empty ?? "No votes."),
        panel.chart &&
            rows.length > 0 &&
            el("figure", { class: "chart", role: "img", "aria-label": panel.chart.description }),
        rows.length > 0 && table,
        more,
        tools(panel, fileName),
    );
}

/**
 * @param {Panel} panel
 * @param {(name: string) => string} fileName
 */
function tools(panel, fileName) {
    const { id, title, chart, rows } = panel;
    const named = fileName(id);
    const save = (/** @type {"svg" | "png"} */ kind) =>
        el(
            "button",
            {
                type: "button",
                "data-save": kind,
                "aria-label": `${title}: chart as ${kind.toUpperCase()}`,
                onclick: async () => {
                    const about = /** @type {any} */ (document.body.dataset);
                    offer(
                        await saved(chart, kind, {
                            title,
                            source: about.source,
                            synthetic: about.synthetic === "yes",
                        }),
                        `${named}.${kind}`,
                    );
                },
            },
            kind.toUpperCase(),
        );
    return el(
        "div",
        { class: "tools" },
        el(
            "span",
            { class: "files" },
            el(
                "button",
                {
                    type: "button",
                    "data-save": "csv",
                    "aria-label": `${title}: numbers as CSV`,
                    onclick: () => {
                        const address = URL.createObjectURL(
                            new Blob([asCsv(panel)], { type: "text/csv" }),
                        );
                        offer(address, `${named}.csv`);
                        setTimeout(() => URL.revokeObjectURL(address), 10_000);
                    },
                },
                "CSV",
            ),
            chart && rows.length > 0 && [save("svg"), save("png")],
        ),
        panel.sql &&
            el(
                "details",
                { class: "sql" },
                el(
                    "summary",
                    {},
                    "SQL that gives these numbers",
                    el("span", { class: "unseen" }, `: ${title}`),
                ),
                el("pre", { tabindex: 0, "aria-label": `SQL: ${title}` }, panel.sql),
            ),
    );
}

/**
 * @param {string} address
 * @param {string} name
 */
function offer(address, name) {
    const link = el("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
}

/**
 * The rows as CSV (RFC 4180), with the names of the SQL's columns and values in full.
 * @param {Panel} panel
 */
export function asCsv({ columns, rows }) {
    const quoted = (/** @type {any} */ value) => {
        if (value === null || value === undefined) return "";
        const text = String(value);
        return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [
        columns.map((column) => column.key),
        ...rows.map((row) => columns.map((column) => row[column.key])),
    ];
    return lines.map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}

/** @param {Column} column */
const isNumber = (column) => ["count", "share", "number", "interval"].includes(column.kind);

/**
 * @param {Votes} votes
 * @param {Column} column
 * @param {Row} row
 * @param {boolean} heads
 */
function cell(votes, column, row, heads) {
    const value = row[column.key];
    const attributes = {
        class: isNumber(column)
            ? "r"
            : column.kind === "day"
              ? "day"
              : column.kind === "vote" && value
                ? `vote ${value}`
                : undefined,
        ...(heads && { scope: "row" }),
    };
    return el(
        heads ? "th" : "td",
        attributes,
        column.told ? column.told(row) : content(votes, column, row),
    );
}

/**
 * @param {Votes} votes
 * @param {Column} column
 * @param {Row} row
 * @returns {import("./dom.js").Child}
 */
function content(votes, column, row) {
    const value = row[column.key];
    if (value === null || value === undefined) return "–";
    switch (column.kind) {
        case "count":
            return Number(value).toLocaleString("en");
        case "share":
        case "number":
            return told(value, column.kind === "share");
        case "interval":
            return toldInterval(row[column.of ?? ""], value, !!column.share);
        case "state":
            return el("a", { href: formatAddress("state", { s: value }) }, shortName(votes, value));
        case "group":
            return el("a", { href: formatAddress("group", { g: value }) }, groupName(votes, value));
        case "roll_call":
            return el(
                "a",
                { href: formatAddress("roll-call", { id: value }) },
                symbolOf(votes, value),
            );
        default:
            return String(value);
    }
}

/**
 * A roll call's symbol, or its id if it has none.
 * @param {Votes} votes
 * @param {string} id
 */
export function symbolOf(votes, id) {
    const at = votes.placeOf.get(id);
    return (at !== undefined && field(votes, at, "symbol")) || id;
}

/**
 * Draw the charts of a view, one after another, while it is still the view that is shown.
 * @param {HTMLElement} main
 * @param {Panel[]} panels
 * @param {() => boolean} isCurrent
 */
export async function drawAll(main, panels, isCurrent) {
    for (const panel of panels) {
        const place = main.querySelector(`#${panel.id} .chart`);
        if (!(place instanceof HTMLElement)) continue;
        if (!isCurrent()) return;
        await draw(place, panel.chart);
        // Vega's own labels within would be read one by one; the table has the numbers.
        place.querySelector("svg")?.setAttribute("aria-hidden", "true");
        place.dataset.drawn = "yes";
    }
}
