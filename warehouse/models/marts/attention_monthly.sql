/*
doc: How often people open encyclopaedia articles on assistants, model families and makers, month by month.
grain: an article and a month
subject: adoption
columns:
  month: date - first day of the month
  article: text - title of the article on the English Wikipedia
  topic: text - assistant, model family, maker, field or control (what has nothing to do with models, to compare with)
  organisation_id: text - whose product, model or company it is about; null for a field
  pageview_count: bigint - views by people, all devices
  observed_on: date - first day a reading of the whole month was on record
warnings:
  - Attention is neither use nor approval.
  - An article that was renamed starts a new series.
checks:
  - unique: [month, article]
  - not_null: [month, article, topic, pageview_count, observed_on]
  - one_of: {topic: [assistant, model family, maker, field, control]}
*/
select
  month,
  article,
  case
    when article in ('ChatGPT', 'Claude_(language_model)', 'Google_Gemini', 'Grok_(chatbot)', 'Meta_AI') then 'assistant'
    when article in ('Llama_(language_model)', 'Qwen') then 'model family'
    when article in ('DeepSeek', 'Hugging_Face', 'Mistral_AI') then 'maker'
    when article in ('Instagram', 'WhatsApp') then 'control'
    else 'field'
  end as topic,
  case article
    when 'ChatGPT' then 'openai'
    when 'Claude_(language_model)' then 'anthropic'
    when 'DeepSeek' then 'deepseek'
    when 'Google_Gemini' then 'google'
    when 'Grok_(chatbot)' then 'xai'
    when 'Hugging_Face' then 'hugging-face'
    when 'Instagram' then 'meta'
    when 'Llama_(language_model)' then 'meta'
    when 'Meta_AI' then 'meta'
    when 'Mistral_AI' then 'mistral'
    when 'Qwen' then 'alibaba'
    when 'WhatsApp' then 'meta'
  end as organisation_id,
  pageview_count,
  observed_on
from core.article_pageview
