const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/HarmonyOS|OpenHarmony/i, '鸿蒙设备'],
  [/iPhone/i, 'iPhone'],
  [/iPad/i, 'iPad'],
  [/Android.*Mobile/i, '安卓手机'],
  [/Android/i, '安卓平板'],
  [/Windows/i, 'Windows 电脑'],
  [/Macintosh|Mac OS X/i, 'Mac 电脑'],
  [/Linux|CrOS/i, 'Linux 电脑'],
]

/** In this order: every browser claims to be several others as well. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger/i, '微信'],
  [/DingTalk/i, '钉钉'],
  [/AlipayClient/i, '支付宝'],
  [/HuaweiBrowser/i, '华为浏览器'],
  [/MiuiBrowser/i, '小米浏览器'],
  [/QQBrowser/i, 'QQ 浏览器'],
  [/Edg(e|A|iOS)?\//i, 'Edge'],
  [/Firefox|FxiOS/i, 'Firefox'],
  [/Chrome|CriOS/i, 'Chrome'],
  [/Safari/i, 'Safari'],
]

/** `安卓手机 · 微信`: by what a person recognises his own device in the list of sessions. */
export function deviceName(userAgent: string): string {
  const nameIn = (table: typeof SYSTEMS) => table.find(([pattern]) => pattern.test(userAgent))?.[1]
  return [nameIn(SYSTEMS), nameIn(BROWSERS)].filter((name) => name !== undefined).join(' · ') || '其他设备'
}
