"""`python -m tests.bench.reseller_votes [file]`: are the weights of resellers' votes worth it, on models held out?

Weights are learned from four fifths of the models of which a stronger source has spoken, as core.reseller_reliability
does, and judge the votes on the fifth left out; a plain majority judges the same. Of the published file,
the day with most flags and all that stronger sources say today.
"""

import json
import sys
from pathlib import Path

from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from pipeline.kernel.home import home
from pipeline.kernel.warehouse import reader

FOLDS = 5
VOTES = """
with day as (
  select observed_on from core.weights_flag where not is_maker group by observed_on order by count(*) desc limit 1
),
flag as (
  select host_tag, model_id, count(*) filter (where has_open_weights) > count(*) / 2 as says_open
  from core.weights_flag inner join day using (observed_on)
  where not is_maker
  group by host_tag, model_id
  having 2 * count(*) filter (where has_open_weights) <> count(*)
),
truth as (
  select model_id, arg_min(weights_access, (precedence, -epoch(observed_on), source)) = 'open' as is_open
  from core.open_weights_word
  group by model_id
),
judged as (
  select host_tag, model_id, says_open, is_open, cast(hash(model_id) % {folds} as integer) as fold
  from flag inner join truth using (model_id)
),
learned as (
  select fold.fold, host_tag,
    greatest(
      0.0,
      ln((count(*) filter (where says_open = is_open) + 1.0) / (count(*) filter (where says_open <> is_open) + 1))
    ) as weight
  from judged, range({folds}) as fold(fold)
  where judged.fold <> fold.fold
  group by fold.fold, host_tag
)
select model_id, any_value(is_open) as is_open, count(*) as vote_count,
  sum(case when says_open then 1 else -1 end) as majority,
  sum(case when says_open then 1 else -1 end * coalesce(weight, 0)) as balance
from judged left join learned using (fold, host_tag)
group by model_id having count(*) >= 2
"""


def main(file: Path) -> None:
    with reader(file) as connection:
        found = connection.execute(VOTES.format(folds=FOLDS)).fetchall()
    told = [(is_open, majority, balance) for _, is_open, _, majority, balance in found]
    answers = {
        "weighted": [None if not balance else (balance > 0) == is_open for is_open, _, balance in told],
        "majority": [None if not majority else (majority > 0) == is_open for is_open, majority, _ in told],
    }
    for name, right in answers.items():
        given = [answer for answer in right if answer is not None]
        low, high = proportion_confint(sum(given), len(given), method="wilson")
        print(
            json.dumps(
                {
                    "votes": name, "models": len(right), "decided": len(given), "right": sum(given),
                    "right_share": round(sum(given) / len(given), 4), "low": round(low, 4), "high": round(high, 4),
                }
            )
        )  # fmt: skip
    pairs = [(one is True, other is True) for one, other in zip(*answers.values(), strict=True)]
    table = [[sum(pair == (left, right) for pair in pairs) for right in (True, False)] for left in (True, False)]
    print(json.dumps({"weighted and majority right": table, "mcnemar_p": float(mcnemar(table, exact=True).pvalue)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else home().published / "ajar.duckdb")
