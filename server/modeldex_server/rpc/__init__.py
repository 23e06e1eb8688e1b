"""gRPC: servicers, and the frame that carries them. The only room, with `app.py`, that imports grpc."""
