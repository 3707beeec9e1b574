// The map: a measure of every state with one, in any year or period.
//
// Belongs here: the map and its slider. Not here: the counting, which is the state's (state.js).

import { map, scaleOf } from "../charts.js";
import { measureField, sliderField, stateField, topicField, yearsField } from "../controls.js";
import { inText, shortName } from "../names.js";
import { told } from "../panels.js";
import { measureColumns, measureNamed, scope, usualQuestion } from "./common.js";
import { partners } from "./state.js";

/** @type {import("./common.js").View} */
export const mapView = {
    id: "map",
    name: "Map",
    defaults: (votes) => ({
        s: votes.header.start.focus,
        measure: "agreement_half",
        ...usualQuestion(votes),
    }),
    fields: (votes, change) => [
        stateField(votes, "s", "State", change),
        measureField(change),
        topicField(votes, change),
        yearsField(votes, change),
        sliderField(votes, change),
    ],
    title: (votes, values) =>
        `${measureNamed(values.measure).label}: every state with ${inText(votes, values.s)}, ${scope(votes, values)}`,
    panels: (votes, values) => {
        const { s, measure } = values;
        const { label, share, about } = measureNamed(measure);
        const { rows, sql } = partners(votes, values);
        const { names, colours, stepOf } = scaleOf(measure, share);
        const found = new Map(
            rows
                .filter((row) => row[measure] !== null)
                .map((row) => {
                    const value = /** @type {number} */ (row[measure]);
                    return [
                        row.partner,
                        {
                            name: shortName(votes, row.partner),
                            step: stepOf(value),
                            told: told(value, share),
                            n: row.n,
                        },
                    ];
                }),
        );
        const name = shortName(votes, s);
        const title = mapView.title(votes, values);
        return [
            {
                id: "map",
                title,
                sql,
                rows,
                lead: `${label}: ${about}. States that are no more have no outlines and are in the table only; grey: fewer than ${votes.header.minimum_n} shared votes. Lines imply nothing about the legal status of any territory.`,
                empty: `There are no votes of ${inText(votes, s)} on these.`,
                columns: [
                    { key: "partner", label: "State", kind: "state" },
                    ...measureColumns(measure),
                ],
                chart: map(votes.header.world, found, {
                    steps: names,
                    colours,
                    focus: s,
                    legend: `${label}; orange: ${name}`,
                    description: `${title}, on a world map. The numbers are in the table.`,
                }),
            },
        ];
    },
};
