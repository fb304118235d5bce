package accounts

import (
	"context"
	"slices"
	"sync"

	"samklang/internal/core/errs"
)

// ProviderState is how it stands with a provider now. Fault is for an administrator, in English.
type ProviderState struct {
	Provider    Provider
	Fault       string   // why nobody can log in through it, "" when they can
	Unknown     []string // associations and bodies of its rules that do not exist
	BackChannel bool     // it says that it tells when somebody has logged out there
	Unasked     []string // levels to ask for that it does not say it knows
}

// CheckProviders asks every provider for what it says of itself, and looks whether the rules speak of what exists.
func (s *Service) CheckProviders(ctx context.Context) ([]ProviderState, error) {
	list := make([]ProviderState, len(s.Providers))
	var wait sync.WaitGroup
	for i, p := range s.Providers {
		list[i].Provider = p
		wait.Go(func() {
			d, err := s.clients[p.Key].Check(ctx)
			if err != nil {
				list[i].Fault = err.Error()
				return
			}
			list[i].BackChannel = d.BackChannel
			for _, v := range p.ACRValues {
				if len(d.ACRValues) > 0 && !slices.Contains(d.ACRValues, v) {
					list[i].Unasked = append(list[i].Unasked, v)
				}
			}
		})
	}
	wait.Wait()
	for i := range list {
		for _, r := range list[i].Provider.Rules {
			if r.Admin {
				continue
			}
			_, err := s.Place(ctx, s.DB.Read(), r.Association, r.Body)
			name := r.Association
			if r.Body != "" {
				name += ", " + r.Body
			}
			if errs.Is(err, errs.NotFound) && !slices.Contains(list[i].Unknown, name) {
				list[i].Unknown = append(list[i].Unknown, name)
			} else if err != nil && !errs.Is(err, errs.NotFound) {
				return nil, err
			}
		}
	}
	return list, nil
}
