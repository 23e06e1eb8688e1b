module github.com/modeldex/modeldex/clients/go

go 1.25.0

require (
	github.com/modeldex/modeldex/generated/go v0.0.0
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260526163538-3dc84a4a5aaa
	google.golang.org/grpc v1.83.2
	google.golang.org/protobuf v1.36.12
)

require (
	golang.org/x/net v0.58.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)

replace github.com/modeldex/modeldex/generated/go => ../../generated/go
