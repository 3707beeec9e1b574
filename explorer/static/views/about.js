// The data: what is in the file, what is missing, how fresh it is, and how to cite it.
//
// Belongs here: what the file says of itself. Not here: what of it concerns one view (page.js).

import { stacked } from "../charts.js";
import { el } from "../dom.js";
import { MEASURES, GROUP_MEASURES } from "../measures.js";

/** @typedef {import("./common.js").Votes} Votes */
/** @typedef {import("./common.js").Panel} Panel */

/** @type {import("./common.js").View} */
export const aboutView = {
    id: "data",
    name: "The data",
    defaults: () => ({}),
    fields: () => [],
    title: () => "What is in the file, and what is missing",
    panels: (votes) => [
        coveragePanel(votes),
        completenessPanel(votes),
        doubtRulesPanel(votes),
        freshnessPanel(votes),
        measuresPanel(),
    ],
};

/**
 * @param {Votes} votes
 * @returns {Panel}
 */
function coveragePanel(votes) {
    const rows = votes.header.coverage;
    const parts = ["in the file", "missing"];
    const { publication, citation } = votes.header;
    const title = "Recorded votes by year";
    return {
        id: "coverage",
        title,
        rows,
        before: el(
            "div",
            {},
            el(
                "p",
                {},
                `${votes.size.toLocaleString("en")} roll calls of ${votes.states.length} states, ${votes.firstYear} to ${votes.lastYear}, with votes through ${publication.data_through}. Published ${publication.published_at.slice(0, 10)}, code ${publication.code_version}, run ${publication.run_id}.`,
            ),
            el("h3", {}, "How to cite"),
            el("pre", { tabindex: 0, "aria-label": "Citation as text" }, citation.text),
            el(
                "details",
                {},
                el("summary", {}, "As BibTeX"),
                el("pre", { tabindex: 0, "aria-label": "Citation as BibTeX" }, citation.bibtex),
            ),
        ),
        lead: "Measured against the UN Digital Library's own count of resolutions with recorded votes by name; votes in the file that the Library does not count are not in the chart.",
        columns: [
            { key: "year", label: "Year", kind: "year" },
            { key: "counted_by_library", label: "Counted by the Library", kind: "count" },
            { key: "found", label: "Found", kind: "count" },
            { key: "missing", label: "Missing", kind: "count" },
            { key: "too_many", label: "Not counted by the Library", kind: "count" },
            { key: "reason", label: "Why", kind: "text" },
        ],
        sql: `select year, counted_by_library, found, missing, too_many, reason
from marts.coverage
order by year`,
        chart:
            rows.some((row) => row.counted_by_library !== null) &&
            stacked(
                rows.flatMap((row) =>
                    [(row.counted_by_library ?? 0) - row.missing, row.missing].map((count, at) => ({
                        label: row.year,
                        part: parts[at],
                        count,
                        share: 0,
                    })),
                ),
                {
                    parts,
                    colours: ["#56B4E9", "#D55E00"],
                    byYear: true,
                    counts: true,
                    title: "Resolutions",
                    description: `${title}, in the file and missing. The numbers are in the table.`,
                },
            ),
    };
}

/**
 * @param {Votes} votes
 * @returns {Panel}
 */
function completenessPanel(votes) {
    return {
        id: "completeness",
        title: "Sessions of a source that are not complete",
        rows: votes.header.completeness,
        empty: "Every session of every source has as many roll calls as were reviewed.",
        columns: [
            { key: "source", label: "Source", kind: "text" },
            { key: "session", label: "Session", kind: "text" },
            { key: "expected_roll_calls", label: "Expected", kind: "count" },
            { key: "found_roll_calls", label: "Found", kind: "count" },
            { key: "status", label: "Status", kind: "text" },
            { key: "gap_reason", label: "Why", kind: "text" },
        ],
        sql: `select source, session, expected_roll_calls, found_roll_calls, status, gap_reason
from marts.completeness
where status <> 'as expected'
order by source, first_vote, session`,
    };
}

/**
 * @param {Votes} votes
 * @returns {Panel}
 */
function doubtRulesPanel(votes) {
    return {
        id: "doubts",
        title: "What looks wrong in the sources",
        rows: votes.header.doubt_rules,
        lead: "Each doubt is shown with its roll call.",
        empty: "Nothing.",
        columns: [
            { key: "rule", label: "Rule", kind: "text" },
            { key: "doubts", label: "Doubts", kind: "count" },
            { key: "roll_calls", label: "Roll calls", kind: "count" },
        ],
        sql: `select rule, count(*)::integer as doubts, count(distinct roll_call_id)::integer as roll_calls
from marts.doubts
group by rule
order by doubts desc, rule`,
    };
}

/**
 * @param {Votes} votes
 * @returns {Panel}
 */
function freshnessPanel(votes) {
    return {
        id: "freshness",
        title: "How fresh each table is",
        rows: votes.header.freshness,
        columns: [
            { key: "mart", label: "Table", kind: "text" },
            { key: "data_through", label: "Votes through", kind: "day" },
            { key: "releases", label: "Built from", kind: "text" },
            { key: "built_at", label: "Built", kind: "text" },
            { key: "checked_at", label: "Checked", kind: "text" },
        ],
        sql: `select mart, data_through, releases, built_at, checked_at
from marts.freshness
order by mart`,
    };
}

/** @returns {Panel} */
function measuresPanel() {
    return {
        id: "measures",
        title: "The measures",
        rows: [...MEASURES, ...GROUP_MEASURES].map(({ key, label, about }) => ({
            key,
            label,
            about,
        })),
        lead: "Formulas and their sources are in the warehouse's method page.",
        columns: [
            { key: "key", label: "Name in the file", kind: "text" },
            { key: "label", label: "Measure", kind: "text" },
            { key: "about", label: "What it is", kind: "text" },
        ],
        sql: "",
    };
}
