// Package cloud is what checks that ask AWS have in common: where credentials come from, and what it means when there is no answer.
package cloud
