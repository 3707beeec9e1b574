// The page: from its address to what is shown.
//
// Belongs here: which views there are, settling an address, and laying a view out. Not here: what a
// view says (views/), or how a part of it looks (panels.js).

import { MOST_STATES, stateList } from "./controls.js";
import { read, unpacked } from "./data.js";
import { byId, el } from "./dom.js";
import { GROUP_MEASURES, MEASURES } from "./measures.js";
import { stateNamed } from "./names.js";
import { drawAll, laidOut } from "./panels.js";
import { formatAddress, parseAddress } from "./state-address.js";
import { aboutView } from "./views/about.js";
import { groupView } from "./views/group.js";
import { mapView } from "./views/map.js";
import { oppositionView } from "./views/opposition.js";
import { rollCallView } from "./views/roll-call.js";
import { searchView } from "./views/search.js";
import { stateView } from "./views/state.js";
import { twoStatesView } from "./views/two-states.js";

/** @typedef {import("./data.js").Votes} Votes */
/** @typedef {import("./views/common.js").View} View */
/** @typedef {import("./views/common.js").Values} Values */

/** @type {View[]} */
const VIEWS = [
    stateView,
    twoStatesView,
    oppositionView,
    rollCallView,
    groupView,
    mapView,
    searchView,
    aboutView,
];
const STATES = ["s", "a", "b", "f"];

/**
 * The arguments of a view: those of the address where they are valid, else the usual ones; and what
 * was not valid.
 * @param {Votes} votes
 * @param {View} view
 * @param {Values} given
 */
function settle(votes, view, given) {
    const settled = view.defaults(votes);
    const wrong = [];
    for (const name of Object.keys(settled)) {
        if (given[name] === undefined) continue;
        const value = accepted(votes, view, name, given[name], given);
        if (value === null) wrong.push(`${name}=${given[name]}`);
        else settled[name] = value;
    }
    for (const [name, value] of Object.entries(given))
        if (!Object.hasOwn(settled, name)) wrong.push(`${name}=${value}`);
    if (Number(settled.from) > Number(settled.to))
        [settled.from, settled.to] = [settled.to, settled.from];
    return { settled, wrong };
}

/**
 * @param {Votes} votes
 * @param {View} view
 * @param {string} name
 * @param {string} value
 * @param {Values} given
 * @returns {string | null} null if it is not valid
 */
function accepted(votes, view, name, value, given) {
    if (STATES.includes(name)) return stateNamed(votes, value);
    switch (name) {
        case "with": {
            const codes = value
                .split(",")
                .filter(Boolean)
                .map((one) => stateNamed(votes, one));
            const states = [...new Set(codes)];
            return states.includes(null) || states.length > MOST_STATES ? null : states.join(",");
        }
        case "from":
        case "to":
            return /^\d{4}$/.test(value) &&
                Number(value) >= votes.firstYear &&
                Number(value) <= votes.lastYear
                ? value
                : null;
        case "scheme":
            return Object.hasOwn(votes.topics, value) ? value : null;
        case "topic": {
            const scheme = given.scheme ?? "study";
            return Object.hasOwn(votes.topics, scheme) && votes.topics[scheme].has(value)
                ? value
                : null;
        }
        case "measure":
            return (view === groupView ? GROUP_MEASURES : MEASURES).some(({ key }) => key === value)
                ? value
                : null;
        case "sense":
            return ["strict", "wide"].includes(value) ? value : null;
        case "g":
            return votes.header.groups.some(({ group_code }) => group_code === value)
                ? value
                : null;
        case "id":
            return votes.placeOf.has(value) ? value : null;
        default:
            return value.slice(0, 200);
    }
}

/**
 * What the other views keep of this one: the state, the years, the topic and the measure.
 * @param {Votes} votes
 * @param {View} view
 * @param {Values} values
 */
function kept(votes, view, values) {
    const usual = view.defaults(votes);
    /** @type {Values} */
    const found = {};
    // The powers of an opposition are not the states of a pair.
    const otherRoles = ("f" in usual) !== ("f" in values);
    for (const [name, value] of Object.entries(values)) {
        if (otherRoles && ["a", "b"].includes(name)) continue;
        if (name in usual && accepted(votes, view, name, value, values) !== null)
            found[name] = value;
    }
    const state = values.s ?? values.f ?? values.a;
    const role = ["s", "f", "a"].find((name) => name in usual);
    if (state && role && !(role in found)) {
        found[role] = state;
        // A usual state that is now this one gives way to the usual one of this role.
        for (const name of ["a", "b"])
            if (name !== role && usual[name] === state) found[name] = usual[role];
    }
    return found;
}

/**
 * How many of the recorded votes of these years are in the file.
 * @param {Votes} votes
 * @param {Values} values
 */
function missing(votes, values) {
    const rollCall = votes.placeOf.get(values.id ?? "");
    const [first, last] =
        rollCall === undefined
            ? [votes.firstYear, votes.lastYear]
            : [votes.years[rollCall], votes.years[rollCall]];
    const [from, to] = [Number(values.from ?? first), Number(values.to ?? last)];
    const rows = votes.header.coverage.filter((row) => row.year >= from && row.year <= to);
    const counted = rows.reduce((sum, row) => sum + (row.counted_by_library ?? 0), 0);
    const lost = rows.reduce((sum, row) => sum + row.missing, 0);
    const uncounted = rows
        .filter((row) => row.counted_by_library === null && row.found)
        .map((row) => row.year);
    const years = from === to ? `${from}` : `${from} to ${to}`;
    return [
        counted
            ? `${(counted - lost).toLocaleString("en")} of the ${counted.toLocaleString("en")} resolutions with recorded votes of ${years} that the UN Digital Library counts are in ${votes.header.left_out ? "the" : "this"} file; ${lost ? `${lost.toLocaleString("en")} are missing.` : "none is missing."}`
            : rows.some((row) => row.counted_by_library !== null)
              ? `The UN Digital Library counts no resolution with a recorded vote in ${years}.`
              : `The UN Digital Library has not counted the votes of ${years}.`,
        counted && uncounted.length ? ` It has not counted ${uncounted.join(", ")} yet.` : "",
        votes.header.left_out
            ? ` This page is made to be passed on, without rows of the Digital Library: ${votes.header.left_out}. The SQL gives the numbers of the whole file.`
            : "",
    ].join("");
}

/**
 * Which governments held the seats of the states chosen, where another governed.
 * @param {Votes} votes
 * @param {Values} values
 */
function seatNotes(votes, values) {
    const chosen = [...STATES.map((name) => values[name]), ...(values.with ?? "").split(",")];
    const notes = votes.header.seats.filter(
        ({ state, first_year, last_year }) =>
            chosen.includes(state) &&
            first_year <= Number(values.to) &&
            last_year >= Number(values.from),
    );
    return [...new Set(notes.flatMap(({ note }) => note.split("; ")))];
}

/** @param {Votes} votes */
function run(votes) {
    const { publication, citation } = votes.header;
    const synthetic = publication.synthetic;
    const [form, main, nav, heading, status] = ["form", "answer", "views", "heading", "status"].map(
        byId,
    );
    /** @type {View | null} */
    let shown = null;
    /** @type {import("./controls.js").Field[]} */
    let fields = [];
    /** @type {Values} */
    let values = {};
    document.body.append(stateList(votes));
    document.body.dataset.synthetic = synthetic ? "yes" : "no";
    document.body.dataset.source = synthetic
        ? "SYNTHETIC: invented votes, no number is real"
        : `UNGA vote warehouse, votes through ${publication.data_through}`;

    /** @param {Values} changed */
    const change = (changed) => {
        location.hash = formatAddress(/** @type {View} */ (shown).id, { ...values, ...changed });
    };

    const show = async () => {
        const address = parseAddress(location.hash);
        const view = VIEWS.find(({ id }) => id === address.view) ?? VIEWS[0];
        const { settled, wrong } = settle(votes, view, address.values);
        if (address.view && address.view !== view.id) wrong.unshift(address.view);
        values = settled;
        const whole = formatAddress(view.id, values);
        if (location.hash !== whole) history.replaceState(null, "", whole);
        const first = shown === null;
        if (view !== shown) {
            fields = view.fields(votes, change);
            form.replaceChildren(...fields.map(({ element }) => element));
            form.hidden = !fields.length;
        }
        for (const field of fields) field.set(values);
        nav.replaceChildren(
            ...VIEWS.map((other) =>
                el(
                    "li",
                    {},
                    el(
                        "a",
                        {
                            href: formatAddress(
                                other.id,
                                other === view ? values : kept(votes, other, values),
                            ),
                            "aria-current": other === view && "page",
                        },
                        other.name,
                    ),
                ),
            ),
        );
        const title = view.title(votes, values);
        heading.textContent = title;
        document.title = `${synthetic ? "SYNTHETIC: " : ""}${title} · votes in the UN General Assembly`;
        byId("missing").textContent = missing(votes, values);
        byId("notes").replaceChildren(...seatNotes(votes, values).map((note) => el("p", {}, note)));
        byId("wrong").textContent = wrong.length
            ? `Not valid here; the default is shown instead: ${wrong.join(", ")}`
            : "";
        byId("citation").textContent =
            `${synthetic ? "An invented Assembly, not to be cited. " : ""}${citation.text.split("\n").find((line) => line && !line.startsWith("SYNTHETIC")) ?? ""}`;
        const refused = view.refuse?.(votes, values);
        const panels = refused ? [] : view.panels(votes, values);
        const named = (/** @type {string} */ id) =>
            `${synthetic ? "SYNTHETIC-" : ""}${view.id}-${id}-${Object.entries(values)
                .filter(([name]) => name !== "q")
                .map(([, value]) => value)
                .join("-")}`
                .replace(/[^\w.-]+/g, "_")
                .slice(0, 120);
        main.replaceChildren(
            ...(refused
                ? [el("p", { class: "nothing" }, refused)]
                : panels.map((panel) => laidOut(votes, panel, named))),
        );
        if (!first) status.textContent = `Shown: ${title}`;
        if (view !== shown && !first) {
            heading.focus({ preventScroll: true });
            scrollTo(0, 0);
        }
        shown = view;
        const current = whole;
        delete document.body.dataset.ready;
        await drawAll(
            main,
            panels,
            () => formatAddress(/** @type {View} */ (shown).id, values) === current,
        );
        if (formatAddress(view.id, values) === current) document.body.dataset.ready = current;
    };

    addEventListener("hashchange", show);
    return show();
}

async function start() {
    try {
        if (!("DecompressionStream" in globalThis))
            throw new Error(
                "This browser is too old: it needs DecompressionStream (2023 or later).",
            );
        await run(read(await unpacked(byId("votes").textContent ?? "")));
    } catch (wrong) {
        byId("answer").replaceChildren(
            el(
                "p",
                { class: "nothing", role: "alert" },
                wrong instanceof Error ? wrong.message : String(wrong),
            ),
        );
        throw wrong;
    }
}

start();
