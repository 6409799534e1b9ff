package cloud

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/transport/http"

	"github.com/pgcutover/pgcutover/verify"
)

// actionPrefixes are the SDK's names of services, and what IAM calls them.
var actionPrefixes = map[string]string{"Database Migration Service": "dms", "RDS": "rds", "CloudWatch": "cloudwatch", "CloudWatch Logs": "logs"}

// Action is what IAM calls an operation of a service of the SDK, such as rds:DescribeDBClusters.
func Action(service, operation string) string {
	if prefix := actionPrefixes[service]; prefix != "" {
		return prefix + ":" + operation
	}
	return operation
}

// denied are codes with which the services refuse a call for want of rights; expired are those for credentials that are none.
var (
	denied  = []string{"AccessDenied", "AccessDeniedException", "AccessDeniedFault", "UnauthorizedOperation", "NotAuthorized"}
	expired = []string{"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken"}
)

// Unheard is the answer about a subject when AWS gave none: unknown, with what would help. page of the docs has the rights that verify needs.
func Unheard(ctx context.Context, subject string, err error, page string) verify.Result {
	if ctx.Err() != nil {
		return Hinted(verify.Unknown.Of(subject, "AWS did not answer in time: %s", plain(err)), "run the check again")
	}
	action := "the call"
	if op, ok := errors.AsType[*smithy.OperationError](err); ok {
		action = Action(op.Service(), op.Operation())
	}
	fault, answered := errors.AsType[smithy.APIError](err)
	_, unconfigured := errors.AsType[*aws.MissingRegionError](err)
	text := plain(err)
	switch {
	case answered && slices.Contains(denied, fault.ErrorCode()):
		return Hinted(verify.Unknown.Of(subject, "AWS does not allow %s", action), "allow %s to whoever runs this (aws sts get-caller-identity tells who that is); %s has all that verify asks", action, page)
	case answered && slices.Contains(expired, fault.ErrorCode()):
		return Hinted(verify.Unknown.Of(subject, "AWS does not take the credentials (%s)", fault.ErrorCode()), "log in anew, then run the check again: aws sts get-caller-identity")
	case answered && throttled(fault.ErrorCode()):
		return Hinted(verify.Unknown.Of(subject, "AWS answers no more %s for now (%s)", action, fault.ErrorCode()), "run the check again in a minute")
	case answered:
		return verify.Unknown.Of(subject, "%s: %s: %s", action, fault.ErrorCode(), fault.ErrorMessage())
	case unconfigured || strings.Contains(text, "Missing Region"):
		return Hinted(verify.Unknown.Of(subject, "no Region is configured"), "set AWS_REGION, or a region in the profile that AWS_PROFILE names")
	case strings.Contains(text, "credentials"):
		return Hinted(verify.Unknown.Of(subject, "there are no credentials for AWS: %s", text), "set AWS_PROFILE, or log in: aws sts get-caller-identity tells who you are")
	}
	if response, ok := errors.AsType[*http.ResponseError](err); ok && response.HTTPStatusCode() > 0 {
		return Hinted(verify.Unknown.Of(subject, "AWS gave no answer to %s but the status %d", action, response.HTTPStatusCode()), "run the check again")
	}
	return Hinted(verify.Unknown.Of(subject, "AWS was not reached: %s", text), "look at the network, at AWS_REGION and AWS_ENDPOINT_URL, then run the check again")
}

func throttled(code string) bool {
	_, ok := retry.DefaultThrottleErrorCodes[code]
	return ok
}

// plain is an error on one line.
func plain(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
