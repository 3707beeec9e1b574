{{ config(materialized='view') }}
{{ cohesion_in_both_orders(ref('vote_pairs_by_session'), 'session') }}
