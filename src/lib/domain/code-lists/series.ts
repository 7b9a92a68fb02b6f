import type { CodeItem, CodeList } from './code-list.ts'
import type { TitleLevel } from './title-level.ts'

/** What a series calls its titles at one level. */
export interface SeriesTitle {
  /** As the national table prints it: several names stand side by side where the series has several professions. */
  readonly names: string
  /** Obtained by the national examination alone (以考代评): never offered for 评审 or 初定, only as a title already held. */
  readonly examOnly?: true
}

export interface SeriesItem extends CodeItem {
  readonly titles: Partial<Record<TitleLevel, SeriesTitle>>
}

/** The 27 series of professional titles after the reform of 2017–2021, in the national order. */
export const series = {
  id: 'series',
  label: '职称系列',
  source: '职称系列（专业）各层级名称，2021',
  items: [
    {
      code: 'university-teaching',
      label: '高等学校教师',
      titles: {
        senior: { names: '教授' },
        'associate-senior': { names: '副教授' },
        intermediate: { names: '讲师' },
        assistant: { names: '助教' },
      },
    },
    {
      code: 'social-science-research',
      label: '哲学社会科学研究',
      titles: {
        senior: { names: '研究员' },
        'associate-senior': { names: '副研究员' },
        intermediate: { names: '助理研究员' },
        assistant: { names: '研究实习员' },
      },
    },
    {
      code: 'natural-science-research',
      label: '自然科学研究',
      titles: {
        senior: { names: '研究员' },
        'associate-senior': { names: '副研究员' },
        intermediate: { names: '助理研究员' },
        assistant: { names: '研究实习员' },
      },
    },
    {
      code: 'health',
      label: '卫生技术',
      titles: {
        senior: { names: '主任医(药/护/技)师' },
        'associate-senior': { names: '副主任…' },
        intermediate: { names: '主治(主管)…' },
        assistant: { names: '医(药/护/技)师' },
        technician: { names: '医(药/护/技)士' },
      },
    },
    {
      code: 'engineering',
      label: '工程技术',
      titles: {
        senior: { names: '正高级工程师(旧:研究员级高级工程师)' },
        'associate-senior': { names: '高级工程师' },
        intermediate: { names: '工程师' },
        assistant: { names: '助理工程师' },
        technician: { names: '技术员' },
      },
    },
    {
      code: 'agriculture',
      label: '农业技术',
      titles: {
        senior: { names: '正高级农艺师/畜牧师/兽医师、农业技术推广研究员' },
        'associate-senior': { names: '高级…' },
        intermediate: { names: '农艺师/畜牧师/兽医师' },
        assistant: { names: '助理…' },
        technician: { names: '农业技术员' },
      },
    },
    {
      code: 'journalism',
      label: '新闻',
      titles: {
        senior: { names: '高级记者/高级编辑' },
        'associate-senior': { names: '主任记者/主任编辑' },
        intermediate: { names: '记者/编辑' },
        assistant: { names: '助理记者/编辑' },
      },
    },
    {
      code: 'publishing',
      label: '出版',
      titles: {
        senior: { names: '编审' },
        'associate-senior': { names: '副编审' },
        intermediate: { names: '编辑' },
        assistant: { names: '助理编辑' },
      },
    },
    {
      code: 'library',
      label: '图书资料',
      titles: {
        senior: { names: '研究馆员' },
        'associate-senior': { names: '副研究馆员' },
        intermediate: { names: '馆员' },
        assistant: { names: '助理馆员' },
        technician: { names: '管理员' },
      },
    },
    {
      code: 'museum',
      label: '文物博物',
      titles: {
        senior: { names: '研究馆员' },
        'associate-senior': { names: '副研究馆员' },
        intermediate: { names: '馆员' },
        assistant: { names: '助理馆员' },
      },
    },
    {
      code: 'archives',
      label: '档案',
      titles: {
        senior: { names: '研究馆员' },
        'associate-senior': { names: '副研究馆员' },
        intermediate: { names: '馆员' },
        assistant: { names: '助理馆员' },
        technician: { names: '管理员' },
      },
    },
    {
      code: 'arts-and-crafts',
      label: '工艺美术',
      titles: {
        senior: { names: '正高级工艺美术师' },
        'associate-senior': { names: '高级工艺美术师' },
        intermediate: { names: '工艺美术师' },
        assistant: { names: '助理工艺美术师' },
        technician: { names: '工艺美术员' },
      },
    },
    {
      code: 'technical-school-teaching',
      label: '技工院校教师',
      titles: {
        senior: { names: '正高级讲师/正高级实习指导教师' },
        'associate-senior': { names: '高级…' },
        intermediate: { names: '讲师/一级实习指导教师' },
        assistant: { names: '助理讲师/二级…' },
        technician: { names: '三级实习指导教师' },
      },
    },
    {
      code: 'sports-coaching',
      label: '体育',
      titles: {
        senior: { names: '国家级教练' },
        'associate-senior': { names: '高级教练' },
        intermediate: { names: '中级教练' },
        assistant: { names: '初级教练' },
      },
    },
    {
      code: 'translation',
      label: '翻译',
      titles: {
        senior: { names: '译审' },
        'associate-senior': { names: '一级翻译' },
        intermediate: { names: '二级翻译' },
        assistant: { names: '三级翻译' },
      },
    },
    {
      code: 'broadcasting',
      label: '播音主持',
      titles: {
        senior: { names: '播音指导/主持指导' },
        'associate-senior': { names: '主任播音员/主持人' },
        intermediate: { names: '一级' },
        assistant: { names: '二级' },
      },
    },
    {
      code: 'accounting',
      label: '会计',
      titles: {
        senior: { names: '正高级会计师' },
        'associate-senior': { names: '高级会计师' },
        intermediate: { names: '会计师', examOnly: true },
        assistant: { names: '助理会计师', examOnly: true },
      },
    },
    {
      code: 'statistics',
      label: '统计',
      titles: {
        senior: { names: '正高级统计师' },
        'associate-senior': { names: '高级统计师' },
        intermediate: { names: '统计师', examOnly: true },
        assistant: { names: '助理统计师', examOnly: true },
      },
    },
    {
      code: 'economics',
      label: '经济',
      titles: {
        senior: { names: '正高级经济师' },
        'associate-senior': { names: '高级经济师' },
        intermediate: { names: '经济师', examOnly: true },
        assistant: { names: '助理经济师', examOnly: true },
      },
    },
    {
      code: 'laboratory',
      label: '实验技术',
      titles: {
        senior: { names: '正高级实验师' },
        'associate-senior': { names: '高级实验师' },
        intermediate: { names: '实验师' },
        assistant: { names: '助理实验师' },
        technician: { names: '实验员' },
      },
    },
    {
      code: 'vocational-school-teaching',
      label: '中等职业学校教师',
      titles: {
        senior: { names: '正高级讲师' },
        'associate-senior': { names: '高级讲师' },
        intermediate: { names: '讲师' },
        assistant: { names: '助理讲师' },
        technician: { names: '三级实习指导教师' },
      },
    },
    {
      code: 'school-teaching',
      label: '中小学教师',
      titles: {
        senior: { names: '正高级教师' },
        'associate-senior': { names: '高级教师' },
        intermediate: { names: '一级教师' },
        assistant: { names: '二级教师' },
        technician: { names: '三级教师' },
      },
    },
    {
      code: 'arts',
      label: '艺术',
      titles: {
        senior: { names: '一级演员/编剧/美术师…' },
        'associate-senior': { names: '二级…' },
        intermediate: { names: '三级…' },
        assistant: { names: '四级…' },
      },
    },
    {
      code: 'legal-service',
      label: '公共法律服务',
      titles: {
        senior: { names: '一级律师/一级公证员/正高级司法鉴定人' },
        'associate-senior': { names: '二级/副高级' },
        intermediate: { names: '三级/中级' },
        assistant: { names: '四级/初级' },
      },
    },
    {
      code: 'shipping',
      label: '船舶',
      titles: {
        senior: { names: '正高级船长(轮机长等)' },
        'associate-senior': { names: '高级船长…' },
        intermediate: { names: '中级驾驶员…' },
        assistant: { names: '助理驾驶员…' },
        technician: { names: '驾驶员…' },
      },
    },
    {
      code: 'civil-aviation',
      label: '民用航空飞行技术',
      titles: {
        senior: { names: '正高级飞行员' },
        'associate-senior': { names: '一级飞行员' },
        intermediate: { names: '二级飞行员' },
        assistant: { names: '三级飞行员' },
      },
    },
    {
      code: 'auditing',
      label: '审计',
      titles: {
        senior: { names: '正高级审计师' },
        'associate-senior': { names: '高级审计师' },
        intermediate: { names: '审计师', examOnly: true },
        assistant: { names: '助理审计师', examOnly: true },
      },
    },
  ],
} as const satisfies CodeList<SeriesItem>

export type SeriesId = (typeof series)['items'][number]['code']
