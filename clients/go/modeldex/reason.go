package modeldex

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	modeldexv1 "github.com/modeldex/modeldex/generated/go/modeldex/v1"
)

// Reason says why a call failed. It is ERROR_REASON_UNSPECIFIED for nil, for an error that no modeldex server sent, and
// for a reason younger than these stubs: decide by status.Code then.
func Reason(err error) modeldexv1.ErrorReason {
	return modeldexv1.ErrorReason(modeldexv1.ErrorReason_value["ERROR_REASON_"+Info(err).GetReason()])
}

// Info gives the reason together with what varies in it, for example which model was not found. It is nil where the
// error carries none; the getters of a nil ErrorInfo work.
func Info(err error) *errdetails.ErrorInfo {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == "modeldex" {
			return info
		}
	}
	return nil
}
