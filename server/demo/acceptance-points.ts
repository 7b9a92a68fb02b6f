import type { Insertable } from 'kysely'
import type { AcceptancePointTable } from '#server/batches/tables.ts'

const HOURS = '工作日 8:30–11:30，14:30–17:30'

const point = (
  id: string,
  label: string,
  accepts: string,
  address: string,
  phone: string,
): Omit<Insertable<AcceptancePointTable>, 'position'> => ({
  id,
  region: id.slice(0, 6),
  label,
  accepts,
  address,
  phone,
  hours: HOURS,
})

/** 受理点 of the demonstration, at least one in every region. Names as such places have them; streets and telephones are invented. */
export const acceptancePoints = [
  point(
    '321200-hrss',
    '泰州市人力资源和社会保障局职称办',
    '市直机关事业单位',
    '海陵区示范路 1 号政务大楼 6 楼',
    '0523-80000101',
  ),
  point(
    '321200-talent',
    '泰州市人才服务中心',
    '市直企业、社会组织和人事代理人员',
    '海陵区示范路 8 号人力资源市场 2 楼',
    '0523-80000102',
  ),
  point('321202-talent', '海陵区人才服务中心', '本区企事业单位和社会组织', '海陵区样板街 22 号 3 楼', '0523-80000201'),
  point(
    '321203-talent',
    '高港区人才服务中心',
    '本区企事业单位和社会组织',
    '高港区样板大道 16 号 1 楼',
    '0523-80000301',
  ),
  point(
    '321204-hrss',
    '姜堰区人力资源和社会保障局专技科',
    '本区机关事业单位',
    '姜堰区示例路 5 号 4 楼',
    '0523-80000401',
  ),
  point('321204-talent', '姜堰区人才服务中心', '本区企业和社会组织', '姜堰区示例路 9 号 2 楼', '0523-80000402'),
  point(
    '321271-talent',
    '泰州医药高新区人力资源服务中心',
    '园区企业和研究机构',
    '医药高新区药谷样板路 3 号 1 楼',
    '0523-80000501',
  ),
  point(
    '321281-talent',
    '兴化市人才服务中心',
    '本市企事业单位和社会组织',
    '兴化市示例东路 30 号 2 楼',
    '0523-80000601',
  ),
  point(
    '321282-talent',
    '靖江市人才服务中心',
    '本市企事业单位和社会组织',
    '靖江市示例西路 12 号 3 楼',
    '0523-80000701',
  ),
  point('321283-talent', '泰兴市人才服务中心', '本市企事业单位和社会组织', '泰兴市示例南路 7 号 2 楼', '0523-80000801'),
].map((one, position): Insertable<AcceptancePointTable> => ({ ...one, position }))
