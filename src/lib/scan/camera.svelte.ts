import { ok, type Outcome, type ProblemCode, refuse } from '#domain/problems.ts'

/** `ImageCapture` where there is one (Chromium); TypeScript does not know it yet. */
interface StillCamera {
  takePhoto(): Promise<Blob>
}
type StillCameraMaker = new (track: MediaStreamTrack) => StillCamera

/** Some phones never answer a request for a still: then the frame that is on the screen is taken. */
const STILL_WITHIN_MS = 4_000
const STILL_QUALITY = 0.95

/** The phone's rear camera: its picture, its lamp, and stills of it. */
export class Camera {
  #stream: MediaStream | null = null
  #video: HTMLVideoElement | null = null
  #starting = 0
  #state: 'off' | 'starting' | 'live' = $state('off')
  #problem: ProblemCode | null = $state(null)
  #hasTorch = $state(false)
  #torch = $state(false)

  get state(): 'off' | 'starting' | 'live' {
    return this.#state
  }
  /** why there is no picture: 'scan.camera-denied', 'scan.camera-missing', 'scan.camera-busy' */
  get problem(): ProblemCode | null {
    return this.#problem
  }
  get hasTorch(): boolean {
    return this.#hasTorch
  }
  get torch(): boolean {
    return this.#torch
  }

  /** Asks for the camera and shows it in `video`. The browser asks its owner. */
  async start(video: HTMLVideoElement): Promise<void> {
    this.stop()
    const mine = ++this.#starting
    this.#problem = null
    this.#state = 'starting'
    if (!navigator.mediaDevices?.getUserMedia) return this.#fail('scan.camera-missing')
    let stream: MediaStream
    try {
      // 4:3 is the shape of the sensor: nothing of what the still will hold is cut off.
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1440 } },
      })
    } catch (reason) {
      if (mine === this.#starting) this.#fail(problemOf(reason))
      return
    }
    if (mine !== this.#starting) {
      for (const track of stream.getTracks()) track.stop()
      return
    }
    this.#stream = stream
    this.#video = video
    const track = stream.getVideoTracks()[0]
    // Another application took the camera, or its permission was taken back.
    track?.addEventListener('ended', () => this.#fail('scan.camera-busy'))
    const able = (track?.getCapabilities?.() ?? {}) as { torch?: boolean }
    this.#hasTorch = able.torch === true
    video.srcObject = stream
    try {
      await video.play()
      if (mine === this.#starting) this.#state = 'live'
    } catch {
      if (mine === this.#starting) this.#fail('scan.camera-busy')
    }
  }

  stop(): void {
    this.#starting += 1
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    if (this.#video) this.#video.srcObject = null
    this.#stream = null
    this.#video = null
    this.#state = 'off'
    this.#torch = false
    this.#hasTorch = false
  }

  async switchTorch(): Promise<void> {
    const track = this.#stream?.getVideoTracks()[0]
    const on = !this.#torch
    try {
      await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
      this.#torch = on
    } catch {
      this.#hasTorch = false
    }
  }

  /** A still at the camera's full resolution where the browser takes one, else the frame on the screen. */
  async still(): Promise<Outcome<Blob>> {
    const track = this.#stream?.getVideoTracks()[0]
    const maker = (globalThis as { ImageCapture?: StillCameraMaker }).ImageCapture
    if (track && maker) {
      const late = new Promise<null>((done) => setTimeout(() => done(null), STILL_WITHIN_MS))
      const photo = await Promise.race([new maker(track).takePhoto().catch(() => null), late])
      if (photo && photo.size > 0) return ok(photo)
    }
    const video = this.#video
    if (!video || video.videoWidth === 0) return refuse('scan.camera-busy')
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    return ok(await canvas.convertToBlob({ type: 'image/jpeg', quality: STILL_QUALITY }))
  }

  #fail(problem: ProblemCode): void {
    this.stop()
    this.#problem = problem
  }
}

const problemOf = (reason: unknown): ProblemCode => {
  const name = reason instanceof Error || reason instanceof DOMException ? reason.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'scan.camera-denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'scan.camera-missing'
  return 'scan.camera-busy'
}
