"""gRPC: servicers, and the frame that carries them. The only room, with `app`, that imports grpc."""

import os

# Nothing here forks without exec; the handlers for it would only log, each time PostgreSQL is started again.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
