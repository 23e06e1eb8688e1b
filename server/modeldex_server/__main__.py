"""`python -m modeldex_server` is `modeldex`."""

from modeldex_server.cli import main

main()
