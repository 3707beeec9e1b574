// The charts, as Vega-Lite specifications, and drawing them.
//
// Belongs here: marks, scales, colours; drawing and saving a chart. Not here: any counting, or the
// table beside a chart (panels.js).

/** @typedef {{name: string, year: number, value: number | null, low?: number | null, high?: number | null, n?: number}} Point */
/** @typedef {{label: string, series: string, value: number | null, low: number | null, high: number | null, n: number}} Dot */
/** @typedef {{label: string | number, part: string, count: number, share: number}} Slice */

// Okabe and Ito (2008), Color Universal Design: safe for colour-blind readers; without its yellow.
export const COLOURS = [
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
];
const SHAPES = [
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-right",
];
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";
const INK = "#222222";
const NO_VALUE = "#EFEFEF";
/** The votes, of different lightness, so that they differ without colour too. */
export const VOTE_COLOURS = {
    yes: "#0B5A8F",
    no: "#E69F00",
    abstain: "#B9D3E4",
    absent: "#808080",
};
export const SIDE_COLOURS = ["#0072B2", "#E69F00", "#BDBDBD", "#EDEDED"];
const STEP_COLOURS = ["#FFFFD9", "#D5EEB3", "#7FCDBB", "#41B6C4", "#1D91C0", "#225EA8", "#0C2C84"];
// Most states agree with each other on most votes, so the steps are finer at the upper end.
const AGREEMENT_STEPS = [0.4, 0.6, 0.7, 0.8, 0.9, 0.95];
/** @type {Record<string, number[]>} */
const STEPS = {
    s_score: [-0.2, 0.2, 0.4, 0.6, 0.8, 0.9],
    opposition_share: [0.01, 0.02, 0.05, 0.1, 0.2, 0.4],
    alignment_index: [-0.05, 0, 0.05, 0.1, 0.15, 0.2],
};
const CHANCE_CORRECTED = [-0.2, 0, 0.2, 0.4, 0.6, 0.8];

/**
 * The limits of the map's steps for a measure.
 * @param {string} measure
 */
export function stepsOf(measure) {
    return (
        STEPS[measure] ?? (/^(agreement|voting)/.test(measure) ? AGREEMENT_STEPS : CHANCE_CORRECTED)
    );
}

/**
 * @param {any} spec
 * @param {string} description
 */
function styled(spec, description) {
    return {
        $schema: "https://vega.github.io/schema/vega-lite/v6.json",
        width: "container",
        autosize: { type: "fit-x", contains: "padding" },
        description,
        config: {
            font: FONT,
            background: "white",
            view: { stroke: null },
            axis: {
                labelColor: INK,
                titleColor: INK,
                labelFontSize: 12,
                titleFontSize: 12,
                titleFontWeight: "normal",
                gridColor: "#E6E6E6",
                domainColor: "#999999",
                tickColor: "#999999",
                titlePadding: 8,
            },
            legend: {
                labelColor: INK,
                labelFontSize: 12,
                titleColor: INK,
                titleFontSize: 12,
                titleFontWeight: "normal",
                labelLimit: 260,
            },
        },
        ...spec,
    };
}

const YEARS = {
    field: "year",
    type: "quantitative",
    title: null,
    scale: { nice: false, padding: 10 },
    axis: { format: "d", tickMinStep: 1, grid: false, labelFlush: false },
};
// Of the labels of rows: what leaves room for the marks on a narrow screen.
const LABELS = {
    labelLimit: { expr: "containerSize()[0] < 500 ? 120 : 280" },
    domain: false,
    ticks: false,
    labelPadding: 6,
};
const legendOf = (/** @type {number} */ columns) => ({
    title: null,
    orient: "top",
    columns: { expr: `width < 400 ? 2 : ${columns}` },
    symbolSize: 90,
    symbolOpacity: 1,
});
const formatOf = (/** @type {boolean} */ share) => (share ? ".0%" : ".2~f");

/**
 * Colour and shape of each of several names, with a legend if there are several.
 * @param {string} field
 * @param {string[]} names
 */
function toldApart(field, names) {
    const legend = names.length > 1 ? legendOf(3) : null;
    const by = (/** @type {string[]} */ range) => ({
        field,
        type: "nominal",
        sort: names,
        scale: { domain: names, range },
        legend,
    });
    return { color: by(COLOURS), shape: by(SHAPES) };
}

/**
 * Lines by year, one of each name, with bands where there are any. A year without a value breaks the
 * line; null if no year has one.
 * @param {Point[]} points
 * @param {{title: string, share: boolean, zeroToOne?: boolean, description: string}} about
 */
export function lines(points, { title, share, zeroToOne = false, description }) {
    if (!points.some((point) => point.value !== null)) return null;
    const names = [...new Set(points.map((point) => point.name))];
    const scale = zeroToOne ? { domain: [0, 1] } : { zero: false };
    const axis = { format: formatOf(share), tickCount: 5 };
    const { color, shape } = toldApart("name", names);
    const y = { field: "value", type: "quantitative", title, scale, axis };
    const format = share ? ".1%" : ".3f";
    const tooltip = [
        { field: "name", title: "Of" },
        { field: "year", title: "Year", format: "d" },
        { field: "value", title, format },
        ...(points.some((point) => typeof point.low === "number")
            ? [
                  { field: "low", title: "from", format },
                  { field: "high", title: "to", format },
              ]
            : []),
        ...(points.some((point) => point.n !== undefined)
            ? [{ field: "n", title: "Roll calls", format: ",d" }]
            : []),
    ];
    return styled(
        {
            data: { values: points },
            height: 300,
            encoding: { x: YEARS, color },
            layer: [
                ...(points.some((point) => typeof point.low === "number")
                    ? [
                          {
                              mark: { type: "area", opacity: 0.14, clip: zeroToOne },
                              encoding: { y: { ...y, field: "low" }, y2: { field: "high" } },
                          },
                      ]
                    : []),
                { mark: { type: "line", strokeWidth: 2 }, encoding: { y } },
                {
                    mark: { type: "point", filled: true, size: 42, opacity: 1 },
                    encoding: { y, shape, tooltip },
                },
            ],
        },
        description,
    );
}

/**
 * A point for each label and series, with its interval; null if none has a value.
 * @param {Dot[]} all
 * @param {{title: string, share: boolean, description: string}} about
 */
export function dotPlot(all, { title, share, description }) {
    const dots = all.filter((dot) => dot.value !== null);
    if (!dots.length) return null;
    const labels = [...new Set(dots.map((dot) => dot.label))];
    const names = [...new Set(dots.map((dot) => dot.series))];
    const many = names.length > 1;
    const bounded = dots.some((dot) => dot.low !== null);
    const format = share ? ".1%" : ".3f";
    const { color, shape } = toldApart("series", names);
    const x = {
        field: "value",
        type: "quantitative",
        title,
        scale: { zero: false, nice: true, padding: 8 },
        axis: { format: formatOf(share), tickCount: 5, orient: "bottom" },
    };
    // Several series share a row, each a little lower than the one before.
    const yOffset = many ? { yOffset: { field: "series", sort: names } } : {};
    return styled(
        {
            data: { values: dots },
            height: labels.length * (many ? Math.max(30, 9 * names.length) : 20),
            encoding: {
                y: {
                    field: "label",
                    type: "nominal",
                    sort: labels,
                    title: null,
                    axis: { ...LABELS, grid: true, gridColor: "#F0F0F0" },
                },
                ...yOffset,
                color,
            },
            layer: [
                ...(bounded
                    ? [
                          {
                              mark: { type: "rule", strokeWidth: 2, opacity: 0.5 },
                              encoding: { x: { ...x, field: "low" }, x2: { field: "high" } },
                          },
                      ]
                    : []),
                {
                    mark: { type: "point", filled: true, size: 60, opacity: 1 },
                    encoding: {
                        x,
                        shape,
                        tooltip: [
                            { field: "label", title: "Of" },
                            ...(many ? [{ field: "series", title: "With" }] : []),
                            { field: "value", title, format },
                            ...(bounded
                                ? [
                                      { field: "low", title: "95% interval from", format },
                                      { field: "high", title: "to", format },
                                  ]
                                : []),
                            { field: "n", title: "Roll calls", format: ",d" },
                        ],
                    },
                },
            ],
        },
        description,
    );
}

/**
 * Shares of a whole, by year as columns or by label as rows.
 * @param {Slice[]} slices
 * @param {{parts: string[], colours: string[], byYear: boolean, description: string, counts?: boolean, title?: string | null}} about
 */
export function stacked(
    slices,
    { parts, colours, byYear, description, counts = false, title = null },
) {
    const size = {
        field: counts ? "count" : "share",
        type: "quantitative",
        title,
        stack: "zero",
        scale: counts ? {} : { domain: [0, 1] },
        axis: { format: counts ? ",d" : ".0%", tickCount: 5 },
    };
    const labels = [...new Set(slices.map((slice) => slice.label))];
    const category = byYear
        ? {
              field: "label",
              type: "ordinal",
              title: null,
              axis: {
                  labelAngle: 0,
                  labelOverlap: true,
                  labelSeparation: 6,
                  ticks: false,
                  domain: false,
              },
          }
        : { field: "label", type: "nominal", sort: labels, title: null, axis: LABELS };
    return styled(
        {
            data: {
                values: slices.map((slice) => ({ ...slice, place: parts.indexOf(slice.part) })),
            },
            height: byYear ? 240 : 26 * labels.length,
            mark: { type: "bar", stroke: "#8C8C8C", strokeWidth: 0.4 },
            encoding: {
                [byYear ? "x" : "y"]: category,
                [byYear ? "y" : "x"]: size,
                order: { field: "place" },
                color: {
                    field: "part",
                    type: "nominal",
                    sort: parts,
                    scale: { domain: parts, range: colours },
                    legend: { ...legendOf(2), symbolType: "square", symbolStrokeColor: "#767676" },
                },
                tooltip: [
                    { field: "label", title: byYear ? "Year" : "Of" },
                    { field: "part", title: "Part" },
                    { field: "count", title: "Number", format: ",d" },
                    ...(counts ? [] : [{ field: "share", title: "Share", format: ".1%" }]),
                ],
            },
        },
        description,
    );
}

/**
 * A map in steps of a measure, or of votes.
 * @param {any[]} world  the outlines
 * @param {Map<string, {name: string, step: string, told: string, n?: number}>} found  by state
 * @param {{steps: string[], colours: string[], legend: string, description: string, focus?: string}} about
 */
export function map(world, found, { steps, colours, legend, description, focus }) {
    const counted = [...found.values()].some(({ n }) => n !== undefined);
    const values = world.map((feature) => ({
        type: feature.type,
        geometry: feature.geometry,
        id: feature.id,
        focus: feature.id === focus,
        ...(found.get(feature.id) ?? { name: feature.id, step: null, told: "none", n: 0 }),
    }));
    return styled(
        {
            data: { values },
            height: 380,
            autosize: { type: "fit", contains: "padding" },
            projection: { type: "equalEarth", rotate: [-11, 0, 0], pointRadius: 2.6 },
            mark: { type: "geoshape", stroke: "#8C8C8C", strokeWidth: 0.4, invalid: "show" },
            encoding: {
                color: {
                    field: "step",
                    type: "nominal",
                    scale: { domain: steps, range: colours },
                    condition: [
                        { test: "datum.focus", value: "#D55E00" },
                        { test: "!isValid(datum.step)", value: NO_VALUE },
                    ],
                    legend: {
                        title: legend,
                        titleLimit: 0,
                        orient: "bottom",
                        symbolType: "square",
                        symbolSize: 130,
                        symbolStrokeColor: "#767676",
                        symbolStrokeWidth: 0.5,
                        columns: { expr: "width < 450 ? 2 : width < 750 ? 4 : 7" },
                    },
                },
                tooltip: [
                    { field: "name", title: "State" },
                    { field: "told", title: "Value" },
                    ...(counted ? [{ field: "n", title: "Roll calls", format: ",d" }] : []),
                ],
            },
        },
        description,
    );
}

/**
 * A map's steps of a measure: their names, colours, and which one a value is in.
 * @param {string} measure
 * @param {boolean} share
 */
export function scaleOf(measure, share) {
    const limits = stepsOf(measure);
    const told = (/** @type {number} */ value) =>
        share ? `${+(value * 100).toFixed(1)}%` : String(value).replace("-", "−");
    const names = [
        `under ${told(limits[0])}`,
        ...limits.slice(1).map((limit, at) => `${told(limits[at])} to ${told(limit)}`),
        `${told(limits[limits.length - 1])} and more`,
    ];
    const stepOf = (/** @type {number} */ value) =>
        names[limits.filter((limit) => value >= limit).length];
    return { names, colours: STEP_COLOURS, stepOf };
}

/**
 * @param {HTMLElement} place
 * @param {any} spec
 * @returns {Promise<any>} of Vega-Embed
 */
export function draw(place, spec) {
    // Without `ast`, expressions would be compiled, which the page's policy forbids.
    return /** @type {any} */ (globalThis).vegaEmbed(place, spec, {
        actions: false,
        renderer: "svg",
        ast: true,
    });
}

/**
 * The chart as a file that stands by itself, with its title and source: the address of its content.
 * @param {any} spec
 * @param {"svg" | "png"} kind
 * @param {{title: string, source: string, synthetic: boolean}} about
 */
export async function saved(spec, kind, { title, source, synthetic }) {
    const place = document.createElement("div");
    place.style.cssText = "position: absolute; left: -9999px; width: 800px";
    place.setAttribute("aria-hidden", "true");
    document.body.append(place);
    const titled = {
        ...spec,
        width: 800,
        title: {
            text: wrapped(title, 90),
            subtitle: source,
            anchor: "start",
            fontSize: 15,
            offset: 14,
            subtitleColor: synthetic ? "#A13D00" : "#5C5C5C",
            subtitleFontWeight: synthetic ? "bold" : "normal",
        },
    };
    try {
        const { view } = await draw(place, titled);
        const address = await view.toImageURL(kind, kind === "png" ? 2 : 1);
        view.finalize();
        return address;
    } finally {
        place.remove();
    }
}

/**
 * @param {string} text
 * @param {number} width
 */
function wrapped(text, width) {
    const found = [""];
    for (const word of text.split(" ")) {
        if (found[found.length - 1].length + word.length > width) found.push("");
        found[found.length - 1] += (found[found.length - 1] && " ") + word;
    }
    return found;
}
