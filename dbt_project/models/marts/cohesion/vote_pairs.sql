{{ config(materialized='view') }}
{{ pairs_by('year') }}
