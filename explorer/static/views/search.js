// The search over titles and symbols.
//
// Belongs here: which roll calls have some words. Not here: one roll call (roll-call.js).

import { topicField, wordsField, yearsField } from "../controls.js";
import { range } from "../counts.js";
import { dayOf, field, totals } from "../data.js";
import {
    COUNTED_COLUMNS,
    KIND_COLUMN,
    questionOf,
    quoted,
    ROLL_CALL_COLUMNS,
    scope,
    TITLE,
    usualQuestion,
} from "./common.js";

/** @type {import("./common.js").View} */
export const searchView = {
    id: "search",
    name: "Search",
    defaults: (votes) => ({ q: "", ...usualQuestion(votes) }),
    fields: (votes, change) => [
        wordsField("q", "Words of a title or symbol", change),
        topicField(votes, change),
        yearsField(votes, change),
    ],
    title: (votes, values) =>
        `${values.q ? `Roll calls with “${values.q}”` : "All roll calls"}, ${scope(votes, values)}`,
    panels: (votes, values) => {
        const { scheme, topic, from, to } = questionOf(values);
        const words = values.q.toLowerCase().split(/\s+/).filter(Boolean);
        const onTopic = /** @type {Uint32Array} */ (votes.topics[scheme].get(topic));
        const [first, after] = range(votes, from, to);
        const rows = [];
        for (let rollCall = after - 1; rollCall >= first; rollCall--) {
            if (!((onTopic[rollCall >> 5] >>> (rollCall & 31)) & 1)) continue;
            const title = field(votes, rollCall, "title");
            const text = [
                votes.ids[rollCall],
                field(votes, rollCall, "symbol"),
                title,
                field(votes, rollCall, "agenda_item"),
            ]
                .filter((part) => part !== null)
                .join(" ")
                .toLowerCase();
            if (!words.every((word) => text.includes(word))) continue;
            const [yes, abstain, no] = totals(votes, rollCall);
            rows.push({
                roll_call_id: votes.ids[rollCall],
                vote_date: dayOf(votes, rollCall),
                title,
                kind: field(votes, rollCall, "kind"),
                yes_counted: yes,
                no_counted: no,
                abstain_counted: abstain,
            });
        }
        return [
            {
                id: "found",
                title: "Roll calls found",
                rows,
                lead: "All words must occur in the title, the agenda item or the symbol; newest first. Votes on paragraphs, amendments and motions are among them.",
                empty: "None has all of these words.",
                columns: [...ROLL_CALL_COLUMNS, KIND_COLUMN, ...COUNTED_COLUMNS],
                sql: `select roll_call_id, vote_date, ${TITLE},
    kind, yes_counted, no_counted, abstain_counted
from marts.dim_roll_calls
inner join marts.bridge_roll_call_topics using (roll_call_id)
where scheme = ${quoted(scheme)} and topic = ${quoted(topic)} and year between ${from} and ${to}${words
                    .map(
                        (word) => `
    and contains(lower(concat_ws(' ', roll_call_id, symbol, coalesce(clean_title, title), agenda_item)), ${quoted(word)})`,
                    )
                    .join("")}
order by vote_date desc, roll_call_id desc`,
            },
        ];
    },
};
