"""Who calls, and what they may call. Knows no gRPC: `rpc/` hands in what came with a call."""
