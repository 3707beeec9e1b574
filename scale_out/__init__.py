"""Pairs beyond one machine and beyond the Assembly: any chamber's, by any topic and period.

Belongs here: what counts the pairs of votes in Parquet files, in a process or on Apache Spark. Not
here: the counting of one group's matrix (dbt_project/kernel/pair_counts.py), measures of agreement,
or the warehouse, of which this package knows nothing.

- `pairs.py`: counting, by the engine that is asked for; `asked.py`: what may be asked
- `votes.py`: the files that are read; `groups.py`: which roll calls are counted together
- `counting.py`: the pure function that counts one group, and resamples it
- `local.py`, `spark.py`: the two engines; `output.py`: the folder that they write
"""

from enum import StrEnum


class Engine(StrEnum):
    """What counts: this process, or Apache Spark. Here, since the command line lists them."""

    LOCAL = "local"
    SPARK = "spark"
