export type Theme = 'system' | 'light' | 'dark'
export type TypeSize = 'standard' | 'large' | 'larger' | 'largest'

export const themes: { value: Theme; label: string }[] = [
  { value: 'system', label: '跟随系统' },
  { value: 'light', label: '浅色' },
  { value: 'dark', label: '深色' },
]

/** The four steps of text; `px` is the root size when the browser's own text size is 16. */
export const typeSizes: { value: TypeSize; label: string; px: number }[] = [
  { value: 'standard', label: '标准', px: 17 },
  { value: 'large', label: '大字', px: 20 },
  { value: 'larger', label: '特大', px: 24 },
  { value: 'largest', label: '最大', px: 30 },
]

const themeKey = 'appearance.theme'
const typeKey = 'appearance.type'

/** localStorage may be forbidden (private windows, strict cookie settings); the choice then lasts for the visit. */
function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    return
  }
}

/** How the app looks on this device: theme and text size. Belongs to the device, so it is never synced. */
class Appearance {
  #theme = $state<Theme>('system')
  #type = $state<TypeSize>('standard')

  constructor() {
    if (typeof document === 'undefined') return
    this.#read()
    this.#apply()
  }

  get theme(): Theme {
    return this.#theme
  }

  get type(): TypeSize {
    return this.#type
  }

  setTheme(theme: Theme): void {
    this.#theme = theme
    remember(themeKey, theme)
    this.#apply()
  }

  setType(type: TypeSize): void {
    this.#type = type
    remember(typeKey, type)
    this.#apply()
  }

  /** Follows a change made in another tab or by the system. Call once; returns what stops it. */
  start(): () => void {
    const onStorage = (event: StorageEvent): void => {
      if (event.key !== themeKey && event.key !== typeKey) return
      this.#read()
      this.#apply()
    }
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const onScheme = (): void => this.#apply()
    addEventListener('storage', onStorage)
    dark.addEventListener('change', onScheme)
    this.#apply()
    return () => {
      removeEventListener('storage', onStorage)
      dark.removeEventListener('change', onScheme)
    }
  }

  #read(): void {
    const theme = remembered(themeKey)
    const type = remembered(typeKey)
    this.#theme = themes.find((one) => one.value === theme)?.value ?? 'system'
    this.#type = typeSizes.find((one) => one.value === type)?.value ?? 'standard'
  }

  #apply(): void {
    const root = document.documentElement
    if (this.#theme === 'system') delete root.dataset.theme
    else root.dataset.theme = this.#theme
    if (this.#type === 'standard') delete root.dataset.type
    else root.dataset.type = this.#type
    // The bar of the system takes the paper's colour; both media variants get it, or the system's choice would win.
    const paper = getComputedStyle(root).getPropertyValue('--paper').trim()
    if (paper === '') return
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute('content', paper)
  }
}

export const appearance = new Appearance()
