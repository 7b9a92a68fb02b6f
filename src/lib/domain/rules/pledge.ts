/**
 * What an applicant pledges (D7, A36), an article a line: the same is read and agreed to on the page (R29), and printed, signed and
 * uploaded (R56).
 */
export const pledgeArticles: readonly string[] = [
  '一、所填写的信息和提交的学历、资格、业绩、论文、获奖、考核等全部材料真实、准确、完整；',
  '二、业绩成果为本人取得，论文著作不存在抄袭、剽窃、代写、买卖等行为；',
  '三、遵守职称评审纪律，不以任何方式干扰评审工作；',
  '四、如有不实或弄虚作假，自愿接受取消申报资格、撤销已取得的职称、记入职称评审诚信档案库等处理，并承担相应责任。',
]
