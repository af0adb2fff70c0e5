@rem `npm start` reads `exec node …`: a POSIX shell must give way to Node, or signals would end the shell alone.
@rem Windows' cmd looks for commands in this folder first, has no signals to pass on, and just runs what follows.
@%*
