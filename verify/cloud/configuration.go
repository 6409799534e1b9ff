package cloud

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Configuration is where credentials, Region and endpoint come from.
type Configuration func(context.Context) (aws.Config, error)

// Usual is the SDK's own chain: AWS_* variables, profiles, roles, the instance's metadata.
func Usual(ctx context.Context) (aws.Config, error) {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return c, fmt.Errorf("reading AWS's configuration: %w", err)
	}
	return c, nil
}
