{{ config(materialized='view') }}
{{ pairs_by('session') }}
