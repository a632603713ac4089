/*
doc: Families of models, a line and its version, such as Llama 3.1, Qwen2.5 or Claude 4.5.
grain: a family
subject: releases
columns:
  family_id: text - our id, the line and the version
  name: text - the line as its maker writes it, and the version
  line_tag: text - the line, see reference.model_line
  organisation_id: text - who makes it
  model_count: bigint - models in it that any catalogue lists
  first_released_on: date - first release of any of them; null if none is known
warnings:
  - By rule, from the name alone. A model whose maker is another than that of its line is in no family, so that fine-tunes stay out.
checks:
  - unique: [family_id]
  - not_null: [family_id, name, line_tag, organisation_id, model_count]
*/
select
  model.family_id,
  model_line.name
  || coalesce(
    ' ' || replace(
      replace(
        replace(
          replace(nullif(substr(model.family_id, length(model_line.line_tag) + 2), ''), '-', '.'),
          'small.',
          'small '
        ),
        'medium.',
        'medium '
      ),
      'large.',
      'large '
    ),
    ''
  ) as name,
  model_line.line_tag,
  model_line.organisation_id,
  count(*) as model_count,
  min(model.released_on) as first_released_on
from core.model
inner join reference.model_line on split_part(model.family_id, '-', 1) = model_line.line_tag
where model.family_id is not null
group by model.family_id, model_line.name, model_line.line_tag, model_line.organisation_id
