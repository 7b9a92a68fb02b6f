import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { WorkerAnswer } from '../platform/worker-pool.ts'
import type { TypesettingRequest, Typeset } from './typesetting.ts'

const { templates, fonts } = workerData as { templates: string; fonts: string[] }
// One compiler a thread, kept warm: it remembers the fonts and the parsed templates.
const compiler = NodeCompiler.create({
  workspace: templates,
  fontArgs: [{ fontBlobs: fonts.map((file) => readFileSync(file)) }],
})

function typeset({ template, data, photo, qr, createdAt }: TypesettingRequest): Typeset {
  compiler.resetShadow()
  // A file, and no input: inputs belong to the library of Typst, on which everything it remembers depends.
  compiler.mapShadow(`${templates}/data.json`, Buffer.from(data))
  if (photo) compiler.mapShadow(`${templates}/photo.jpg`, Buffer.from(photo))
  if (qr) compiler.mapShadow(`${templates}/qr.png`, Buffer.from(qr))
  const compiled = compiler.compile({
    mainFilePath: `${templates}/${template}`,
    resetRead: true,
  })
  const document = compiled.result
  if (!document) {
    const faults = compiled.takeDiagnostics()?.shortDiagnostics ?? []
    throw new Error(`${template} does not compile: ${JSON.stringify(faults).slice(0, 2000)}`)
  }
  // Without tags: nobody reads an application form aloud, and they cost a third of the time. The date comes from the
  // application, so that the same application gives the same bytes.
  const pdf = compiler.pdf(document, { creationTimestamp: Math.floor(createdAt / 1000), pdfTags: false })
  const pages = document.numOfPages
  return { pdf: new Uint8Array(pdf), pages }
}

parentPort!.on('message', (request: TypesettingRequest) => {
  try {
    const value = typeset(request)
    parentPort!.postMessage({ value } satisfies WorkerAnswer<Typeset>, [value.pdf.buffer as ArrayBuffer])
  } catch (error) {
    parentPort!.postMessage({
      error: error instanceof Error ? error.message : String(error),
    } satisfies WorkerAnswer<Typeset>)
  }
  // What ten documents did not use again belongs to one person; captions and heads are used by each of a kind. After the
  // answer, so that nobody waits for it.
  compiler.evictCache(10)
})
