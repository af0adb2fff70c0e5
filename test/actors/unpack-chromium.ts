import chromium from '@sparticuz/chromium'

// A process of its own: where the package unpacks, and what, hangs on the environment that it is loaded in.
await chromium.executablePath()
