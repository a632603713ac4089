/*
doc: The roots each Hub repository descends from, over the base models that uploaders declare.
grain: a repository and a root
subject: releases
columns:
  repository_tag: text - a repository that declares a base, or is declared as one
  root_repository_tag: text - a repository it descends from that declares no base itself, or itself when it is one
  generation: integer - fewest steps from the root; 0 for the root
  is_circular: boolean - whether its ancestors are all in a circle; then the first by name of those stands for a root
  root_licence_tag: text - licence of the root as typed; null is unstated or never seen
checks:
  - unique: [repository_tag, root_repository_tag]
  - not_null: [repository_tag, root_repository_tag, generation, is_circular]
  - between: {generation: [0, 64]}
warnings:
  - A merge descends from several roots and has a row for each.
  - Declared by uploaders; a root need not exist on the Hub, or may just not say what it was made from.
*/
with recursive edges as (
  select repository_tag, base_repository_tag
  from core.hub_base_model
  where is_current and repository_tag <> base_repository_tag
  group by repository_tag, base_repository_tag
),
roots as (
  select edges.base_repository_tag as root
  from edges
  left join edges as above on edges.base_repository_tag = above.repository_tag
  where above.repository_tag is null
  group by edges.base_repository_tag
),
descent(repository, root, generation) as (
  select root as repository, root, 0 as generation
  from roots
  union
  select edges.repository_tag as repository, descent.root, descent.generation + 1 as generation
  from descent
  join edges on descent.repository = edges.base_repository_tag
  where descent.generation < 64
),
rooted as (
  select repository, root, min(generation) as generation
  from descent
  group by repository, root
),
adrift as (
  select edges.repository_tag, edges.base_repository_tag
  from edges
  left join (select repository from rooted group by repository) as reached on edges.repository_tag = reached.repository
  where reached.repository is null
),
circling(repository, ancestor) as (
  select repository_tag as repository, base_repository_tag as ancestor
  from adrift
  union
  select circling.repository, adrift.base_repository_tag as ancestor
  from circling
  join adrift on circling.ancestor = adrift.repository_tag
),
in_circle as (
  select repository from circling where repository = ancestor group by repository
),
circular as (
  select circling.repository, min(circling.ancestor) as root
  from circling
  join in_circle on circling.ancestor = in_circle.repository
  group by circling.repository
),
all_descent as (
  select repository, root, generation, false as is_circular
  from rooted
  union all
  select repository, root, case when repository = root then 0 else 1 end as generation, true as is_circular
  from circular
),
licences as (
  select repository_tag, licence_tag
  from core.hub_repository_history
  where valid_to is null
)
select
  all_descent.repository as repository_tag,
  all_descent.root as root_repository_tag,
  cast(all_descent.generation as integer) as generation,
  all_descent.is_circular,
  licences.licence_tag as root_licence_tag
from all_descent
left join licences on all_descent.root = licences.repository_tag
