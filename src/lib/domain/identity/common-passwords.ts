/**
 * What guessers try first here, in small letters and without the digits and signs people put around it: the heads of the
 * published lists of leaked passwords, the words of love and luck of Chinese lists, and the words of this very service.
 * Short on purpose: the rate limit and the slow hash do the rest.
 */
const WORDS = `
password passwd passcode pass pwd admin administrator root user guest test tester testing demo login welcome master
letmein letmeinnow iloveyou loveyou lovely love baby princess sunshine superman batman dragon monkey football baseball
basketball soccer hockey shadow michael jordan jessica jennifer charlie daniel thomas andrew nicole ashley michelle
freedom whatever trustno starwars pokemon killer hunter ginger pepper cookie flower summer winter spring autumn
secret changeme default system server computer internet google microsoft windows android iphone apple samsung huawei
hello helloworld abc abcd abcde aaa qwe qwer qwert qwerty qwertyui qwertyuiop asd asdf asdfg asdfgh asdfghjkl zxc zxcv
zxcvb zxcvbn zxcvbnm qaz qazwsx qazwsxedc wsx edc aa zz xx
woaini woaiwo woaini woaiwojia woaimama woaibaba woaizhongguo woaiziji wodemima mima mimashi mimamima wangjimima
nihao nihaoma zhongguo china beijing shanghai nanjing jiangsu taizhou hailing gaogang jiangyan xinghua jingjiang taixing
taizhoushi jiangsusheng zhicheng zhichengban zhichengshenbao shenbao renshe rensheju rencai gongchengshi jiaoshi laoshi
caonima wocao nimade aini qinaide baobao laopo laogong gongxi facai gongxifacai xingfu kuaile pingan yishengpingan
zhang wang zhao chen yang huang zhou liu lin sun
泰州 泰州市 职称 职称申报 职称办 江苏 中国 密码 我的密码 我爱你 我爱中国 工程师 人社局
`

const DIGITS = `
5201314 52013145 520131400 5201314520 1314520 13145200 1314521 7758521 77585210 7758258 5845201314 5845211314
11223344 1122334455 112233445566 123123123 12312312 123321123 123456123 147258369 1472583690 159357 15935700 159753
88888888 66666666 11111111 00000000 12344321 1234554321 19491001 20080808 12345600 12345678910 10203040 1020304050
74107410 741852963 963852741 789456123 987654321 87654321 135792468 1357924680 24681357 31415926 314159265
`

export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `${WORDS} ${DIGITS}`.split(/\s+/).filter((word) => word !== ''),
)
