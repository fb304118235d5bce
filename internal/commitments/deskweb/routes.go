package deskweb

import (
	"net/http"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/platform/web"
)

// Routes is the site map of those who work with promises.
func (s *Pages) Routes() []web.Route {
	var list []web.Route
	get := func(path string, allow actor.Action, title string, h web.Handler) {
		list = append(list, web.Route{Method: http.MethodGet, Path: path, Allow: allow, Handle: h, Title: title})
	}
	post := func(path string, allow actor.Action, h web.Handler) {
		list = append(list, web.Route{Method: http.MethodPost, Path: path, Allow: allow, Handle: h})
	}
	both := func(path string, allow actor.Action, title string, g, p web.Handler) {
		get(path, allow, title, g)
		post(path, allow, p)
	}
	get("/skrivbord", access.DeskRead, "desk.title", s.desk)

	get("/plan", access.DeskRead, "plan.title", s.plan)
	both("/plan/ny", access.ActivityWrite, "activity.new", s.newActivity, s.planActivity)
	get("/plan/{activity}", access.DeskRead, "activity.page", s.activity)
	both("/plan/{activity}/andra", access.ActivityWrite, "activity.edit", s.editActivity, s.storeActivity)
	both("/plan/{activity}/flytta", access.ActivityWrite, "activity.move", s.moveForm, s.move)
	both("/plan/{activity}/skjut-upp", access.ActivityWrite, "activity.postpone", s.reasonForm("postpone"), s.postpone)
	both("/plan/{activity}/stall-in", access.ActivityWrite, "activity.cancel", s.reasonForm("cancel"), s.cancel)
	post("/plan/{activity}/ateruppta", access.ActivityWrite, s.reopen)
	post("/plan/{activity}/bekrafta", access.ActivityWrite, s.confirm)
	post("/plan/{activity}/nasta-ar", access.ActivityWrite, s.copy)
	both("/plan/{activity}/dela", access.ActivityWrite, "activity.share", s.shareForm, s.share)
	both("/plan/{activity}/svara", access.ActivityWrite, "invitation.title", s.invitation, s.answer)
	both("/plan/{activity}/rapport", access.ActivityReport, "report.title", s.reportForm, s.report)
	both("/plan/{activity}/underlag", access.EvidenceFile, "evidence.title", s.evidenceForm, s.fileEvidence)

	get("/granska", access.DeskRead, "review.title", s.reviewQueue)
	both("/granska/{evidence}", access.DeskRead, "review.one", s.reviewOne, s.review)
	post("/granska/{evidence}/ta-tillbaka", access.EvidenceFile, s.withdraw)

	both("/loften/{slug}/{number}/underlag", access.EvidenceFile, "evidence.title", s.promiseEvidenceForm, s.filePromiseEvidence)
	get("/loften", access.DeskRead, "promise.manage", s.promises)
	both("/loften/{slug}/om", access.CommitmentManage, "about.title", s.aboutForm, s.storeAbout)
	both("/loften/{slug}/underskrift", access.DocumentImport, "signature.title", s.signatureForm, s.correctSignature)
	both("/loften/{slug}/{number}/skot", access.CommitmentManage, "promise.manage", s.managePromise, s.part("skot", "promise_saved", s.storePromise))
	post("/loften/{slug}/{number}/texter", access.CommitmentManage, s.part("texter", "texts_saved", s.storeTexts))
	post("/loften/{slug}/{number}/steg", access.CommitmentManage, s.part("steg", "step_added", s.addStep))
	both("/loften/{slug}/{number}/steg/{milestone}", access.CommitmentManage, "promise.step.change", s.stepForm, s.storeStep)
	post("/loften/{slug}/{number}/ersatt", access.WordingSupersede, s.part("ersatt", "promise_replaced", s.replacePromise))
	both("/loften/{slug}/{number}/lydelse", access.WordingSupersede, "wording.title", s.newWording, s.adoptWording)

	get("/uppfoljning", access.DeskRead, "round.title", s.rounds)
	both("/uppfoljning/ny", access.RoundManage, "round.open", s.newRound, s.openRound)
	public := func(path, title string, h web.Handler) { // the handler asks: a frozen round may be everybody's
		get(path, access.Public, title, h)
		list[len(list)-1].Cache = web.Kept
	}
	public("/uppfoljning/{round}", "round.title", s.round)
	get("/uppfoljning/{round}/las-igenom", access.RoundManage, "round.read_through", s.readThrough)
	post("/uppfoljning/{round}/lofte/{pledge}", access.RoundManage, s.comment)
	post("/uppfoljning/{round}/frys", access.RoundManage, s.freeze)
	post("/uppfoljning/{round}/publicera", access.RoundManage, s.publish)
	public("/uppfoljning/{round}/rapport.json", "", s.frozenJSON)

	post("/utkast/{page}", access.DeskRead, s.saveDraft)
	post("/utkast/{page}/kasta", access.DeskRead, s.dropDraft)

	for i := range list {
		if list[i].Method == http.MethodPost && strings.HasSuffix(list[i].Path, "/underlag") {
			list[i].Body = maxUpload
		}
	}
	return append(list, s.exchangeRoutes()...)
}
