// The form of a view: what can be asked, and the address of what is asked.
//
// Belongs here: fields, and what a person types into them. Not here: the answers (views/).

import { el } from "./dom.js";
import { GROUP_MEASURES, MEASURES } from "./measures.js";
import { nameOf, nearest, rollCallNamed, shortName, stateNamed, topicName } from "./names.js";

/** @typedef {import("./data.js").Votes} Votes */
/** @typedef {Record<string, string>} Values */
/**
 * A field of a form. `set` shows a value in it.
 * @typedef {{element: HTMLElement, set: (values: Values) => void}} Field
 */
/** @typedef {(changed: Values) => void} Change */

/** Series that charts can tell apart by colour and shape. */
export const MOST_STATES = 7;

/**
 * The list from which fields of states suggest: names, and former names.
 * @param {Votes} votes
 */
export function stateList(votes) {
    const former = votes.header.names.filter(({ kind }) => kind === "former");
    return el(
        "datalist",
        { id: "states" },
        votes.states.map((state) => el("option", { value: `${state.name} (${state.state})` })),
        former.map(({ state, name }) =>
            el("option", { value: `${name} (${state})` }, `now ${nameOf(votes, state)}`),
        ),
    );
}

/**
 * A text field whose value is checked when it is left.
 * @param {string} id
 * @param {string} label
 * @param {Record<string, any>} attributes
 * @param {(typed: string) => string | null} accept  null if accepted, else what is wrong
 */
function typedField(id, label, attributes, accept) {
    const message = el("span", { id: `${id}-wrong`, class: "wrong", role: "alert" });
    const input = el("input", {
        id,
        type: "text",
        autocomplete: "off",
        spellcheck: "false",
        "aria-describedby": `${id}-wrong`,
        ...attributes,
    });
    const check = () => {
        const wrong = accept(input.value);
        message.textContent = wrong ?? "";
        if (wrong === null) input.removeAttribute("aria-invalid");
        else input.setAttribute("aria-invalid", "true");
    };
    input.addEventListener("change", check);
    const clear = () => {
        message.textContent = "";
        input.removeAttribute("aria-invalid");
    };
    return {
        element: el("div", { class: "field" }, el("label", { for: id }, label), input, message),
        input,
        clear,
    };
}

/**
 * @param {Votes} votes
 * @param {string} typed
 */
function unknownState(votes, typed) {
    const near = nearest(votes, typed);
    return `No state is called “${typed}”${near.length ? `: ${near.join(", ")}?` : "."}`;
}

/**
 * @param {Votes} votes
 * @param {string} name
 * @param {string} label
 * @param {Change} change
 * @returns {Field}
 */
export function stateField(votes, name, label, change) {
    const { element, input, clear } = typedField(
        `field-${name}`,
        label,
        { list: "states", class: "state" },
        (typed) => {
            const code = stateNamed(votes, typed);
            if (code === null) return unknownState(votes, typed);
            change({ [name]: code });
            return null;
        },
    );
    // The suggestions would be those for the present value only.
    input.addEventListener("focus", () => input.select());
    return {
        element,
        set: (values) => {
            clear();
            input.value = values[name] ? `${nameOf(votes, values[name])} (${values[name]})` : "";
        },
    };
}

/**
 * Several states: those chosen, each with a button that removes it, and a field to add another.
 * @param {Votes} votes
 * @param {string} name
 * @param {string} label
 * @param {Change} change
 * @returns {Field}
 */
export function statesField(votes, name, label, change) {
    /** @type {string[]} */
    let chosen = [];
    const list = el("ul", { class: "chosen", "aria-label": label });
    const { element, input, clear } = typedField(
        `field-${name}`,
        label,
        { list: "states", placeholder: "add a state" },
        (typed) => {
            if (!typed.trim()) return null;
            const code = stateNamed(votes, typed);
            if (code === null) return unknownState(votes, typed);
            if (chosen.length >= MOST_STATES)
                return `${MOST_STATES} states are the most that a chart can tell apart: remove one first.`;
            if (!chosen.includes(code)) change({ [name]: [...chosen, code].join(",") });
            input.value = "";
            return null;
        },
    );
    element.append(list);
    element.classList.add("wide");
    return {
        element,
        set: (values) => {
            clear();
            input.value = "";
            chosen = (values[name] ?? "").split(",").filter(Boolean);
            list.replaceChildren(
                ...chosen.map((code) =>
                    el(
                        "li",
                        {},
                        shortName(votes, code),
                        el(
                            "button",
                            {
                                type: "button",
                                "aria-label": `Remove ${nameOf(votes, code)}`,
                                onclick: () => {
                                    change({
                                        [name]: chosen.filter((other) => other !== code).join(","),
                                    });
                                    input.focus();
                                },
                            },
                            "×",
                        ),
                    ),
                ),
            );
        },
    };
}

/**
 * @param {string} name
 * @param {string} label
 * @param {[string, string][]} options  value and text
 * @param {Change} change
 * @returns {Field}
 */
export function choiceField(name, label, options, change) {
    const id = `field-${name}`;
    const select = el(
        "select",
        { id, onchange: () => change({ [name]: select.value }) },
        options.map(([value, text]) => el("option", { value }, text)),
    );
    return {
        element: el("div", { class: "field" }, el("label", { for: id }, label), select),
        set: (values) => {
            select.value = values[name] ?? options[0][0];
        },
    };
}

/** @param {Change} change */
export const measureField = (change) =>
    choiceField(
        "measure",
        "Measure",
        MEASURES.map(({ key, label }) => [key, label]),
        change,
    );
/** @param {Change} change */
export const groupMeasureField = (change) =>
    choiceField(
        "measure",
        "Measure",
        GROUP_MEASURES.map(({ key, label }) => [key, label]),
        change,
    );

/**
 * The topic, of either scheme.
 * @param {Votes} votes
 * @param {Change} change
 * @returns {Field}
 */
export function topicField(votes, change) {
    const names = /** @type {Record<string, string>} */ ({
        study: "Topics of the study",
        voeten: "Voeten's topics",
    });
    const select = el(
        "select",
        {
            id: "field-topic",
            onchange: () => {
                const [scheme, topic] = select.value.split(":");
                change({ scheme, topic });
            },
        },
        Object.entries(votes.header.schemes).map(([scheme, topics]) =>
            el(
                "optgroup",
                { label: names[scheme] },
                topics.map(([topic]) =>
                    el("option", { value: `${scheme}:${topic}` }, topicName(votes, scheme, topic)),
                ),
            ),
        ),
    );
    return {
        element: el(
            "div",
            { class: "field" },
            el("label", { for: "field-topic" }, "Topic"),
            select,
        ),
        set: (values) => {
            select.value = `${values.scheme}:${values.topic}`;
        },
    };
}

/**
 * The first and the last year.
 * @param {Votes} votes
 * @param {Change} change
 * @returns {Field}
 */
export function yearsField(votes, change) {
    const year = (/** @type {string} */ name, /** @type {string} */ label) =>
        el("input", {
            id: `field-${name}`,
            type: "number",
            min: votes.firstYear,
            max: votes.lastYear,
            required: true,
            "aria-label": label,
        });
    const [from, to] = [year("from", "First year"), year("to", "Last year")];
    const changed = () => {
        if (![from, to].every((field) => field.reportValidity())) return;
        const [low, high] = [Number(from.value), Number(to.value)].sort((a, b) => a - b);
        change({ from: String(low), to: String(high) });
    };
    from.addEventListener("change", changed);
    to.addEventListener("change", changed);
    return {
        element: el(
            "fieldset",
            { class: "field years" },
            el("legend", {}, "Years"),
            from,
            el("span", {}, "to"),
            to,
        ),
        set: (values) => {
            from.value = values.from;
            to.value = values.to;
        },
    };
}

/**
 * A slider over single years: it narrows the period to one.
 * @param {Votes} votes
 * @param {Change} change
 * @returns {Field}
 */
export function sliderField(votes, change) {
    const shown = el("output", { for: "field-year" });
    const slider = el("input", {
        id: "field-year",
        type: "range",
        min: votes.firstYear,
        max: votes.lastYear,
        step: 1,
        oninput: () => {
            shown.textContent = slider.value;
        },
        onchange: () => change({ from: slider.value, to: slider.value }),
    });
    const all = el(
        "button",
        {
            type: "button",
            onclick: () => change({ from: String(votes.firstYear), to: String(votes.lastYear) }),
        },
        "All years",
    );
    return {
        element: el(
            "div",
            { class: "field wide slider" },
            el("label", { for: "field-year" }, "One year"),
            el("div", {}, slider, shown, all),
        ),
        set: (values) => {
            slider.value = values.to;
            shown.textContent =
                values.from === values.to ? values.to : `${values.from} to ${values.to}`;
        },
    };
}

/**
 * A field for words.
 * @param {string} name
 * @param {string} label
 * @param {Change} change
 * @returns {Field}
 */
export function wordsField(name, label, change) {
    const id = `field-${name}`;
    const input = el("input", {
        id,
        type: "search",
        autocomplete: "off",
        onchange: () => change({ [name]: input.value.trim() }),
    });
    return {
        element: el("div", { class: "field wide" }, el("label", { for: id }, label), input),
        set: (values) => {
            input.value = values[name] ?? "";
        },
    };
}

/**
 * @param {Votes} votes
 * @param {Change} change
 * @returns {Field}
 */
export function rollCallField(votes, change) {
    const { element, input, clear } = typedField(
        "field-id",
        "Symbol or id",
        { placeholder: "A/RES/ES-11/1" },
        (typed) => {
            const at = rollCallNamed(votes, typed);
            if (at < 0)
                return `No roll call has the symbol “${typed}”: look for words of its title in the search.`;
            change({ id: votes.ids[at] });
            return null;
        },
    );
    element.classList.add("wide");
    return {
        element,
        set: (values) => {
            clear();
            input.value = values.id ?? "";
        },
    };
}
