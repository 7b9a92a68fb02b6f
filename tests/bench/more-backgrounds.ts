/**
 * Eight more tables for training the judge, put into a copy of the generator: brick and parquet, leather, marble, a
 * newspaper, striped cloth, a desk's edge with a keyboard, carpet, and other sheets beside the page. The generator's
 * class is called `more`; the seed modulo eight picks the table.
 */
export const MORE_BACKGROUNDS = `
  if (cls === 'more') { const kind = seed % 8;
    if (kind === 0) { // brick / parquet
      const bw=S*r.in(.08,.2), bh=bw*r.in(.25,.5), base=r.pick([[170,90,70],[190,150,110],[120,110,105],[215,200,180]]); plain([base[0]*1.1,base[1]*1.1,base[2]*1.1],.08,.1);
      for (let j=0;j<h/bh+1;j++) for (let i=-1;i<w/bw+1;i++){ const v=r.in(.8,1.12); g.fillStyle=rgb(base.map(c=>c*v),.9); g.fillRect(i*bw+(j%2)*bw/2+2,j*bh+2,bw-S*.004,bh-S*.004) } }
    else if (kind === 1) { const base=r.pick([[60,35,25],[30,30,35],[110,70,50],[150,30,35]]); plain(base,.25,.012); g.strokeStyle='rgba(0,0,0,.4)'; for(let k=0;k<60;k++){g.lineWidth=r.in(.5,2);g.beginPath();g.moveTo(r.next()*w,r.next()*h);g.bezierCurveTo(r.next()*w,r.next()*h,r.next()*w,r.next()*h,r.next()*w,r.next()*h);g.stroke()} }
    else if (kind === 2) { // marble
      const v=r.in(190,240); plain([v,v,v-3],.06,.15); for(let k=0;k<25;k++){g.strokeStyle=\`rgba(90,90,100,\${r.in(.1,.4)})\`;g.lineWidth=r.in(1,9);g.beginPath();let x=r.next()*w,y=r.next()*h,a=r.in(0,6.3);g.moveTo(x,y);for(let q=0;q<40;q++){a+=r.in(-.5,.5);x+=Math.cos(a)*S*.02;y+=Math.sin(a)*S*.02;g.lineTo(x,y)}g.stroke()} }
    else if (kind === 3) { // newspaper under
      const v=r.in(205,232); plain([v,v-4,v-14],.02,.1); const a=r.in(-1.5,1.5); g.save(); g.translate(w/2,h/2); g.rotate(a); g.fillStyle='rgba(40,40,42,.75)'; const col=S*r.in(.12,.22), lh=S*.011; for(let x=-S;x<S;x+=col*1.08) for(let y=-S;y<S;y+=lh){ if(r.chance(.06)){ y+=lh*3; if(r.chance(.4)) g.fillRect(x,y-lh*2,col,lh*1.6); continue } let px=x; while(px<x+col*.97){const ww=r.in(.004,.02)*S; g.fillRect(px,y,Math.min(ww,x+col-px),lh*.5); px+=ww+S*.003} } g.restore() }
    else if (kind === 4) { // stripes cloth
      const c1=r.pick([[230,225,215],[60,80,120],[150,60,60],[245,240,240]]),c2=r.pick([[120,150,140],[200,180,150],[40,45,60],[230,150,110]]); const ce=S*r.in(.01,.06), rot=r.in(0,3.14); const cs=Math.cos(rot),sn=Math.sin(rot); paint((k,x,y)=>{const q=Math.floor((x*cs+y*sn)/ce)&1; const c=q?c1:c2; c3[0]=c[0];c3[1]=c[1];c3[2]=c[2];return c3}) }
    else if (kind === 5) { // desk edge: two surfaces, keyboard
      plain(r.pick([[200,180,150],[235,233,228],[90,70,60]]),.05,.2); const e=r.in(.1,.4)*h; const base=r.pick([[60,60,65],[150,140,130],[210,205,200]]); g.save(); g.rotate(r.in(-.2,.2)); g.fillStyle=rgb(base); g.fillRect(-w,-h,3*w,h+e); g.restore(); g.save(); g.translate(r.next()*w,h*r.in(.6,1)); g.rotate(r.in(-.4,.4)); g.fillStyle=r.pick(['#222','#ddd','#eee']); const kw=S*.5,kh=S*.16; g.fillRect(-kw/2,-kh/2,kw,kh); for(let i=0;i<14;i++) for(let j=0;j<5;j++){ g.fillStyle=r.pick(['#333','#444','#f4f4f4']); g.fillRect(-kw/2+kw*(i+.15)/14,-kh/2+kh*(j+.15)/5,kw/14*.75,kh/5*.75)} g.restore() }
    else if (kind === 6) { // carpet
      const base=r.pick([[120,60,60],[80,90,110],[150,140,120],[190,185,175]]); const f=noise(r,w,h,2,2,1), wd=noise(r,w,h,S*.15,S*.15,4); paint(k=>shade(base,.55+.5*f[k]+.4*wd[k])) }
    else { // several other sheets and a folder beside, desk plain
      plain(r.pick([[205,200,192],[170,130,90],[80,85,95]]),.05,.2); for(let i=0;i<4;i++){ g.save(); g.translate(r.next()*w,r.next()*h); g.rotate(r.in(-.5,.5)); g.shadowColor='rgba(0,0,0,.4)'; g.shadowBlur=8; const v=r.in(215,250); const s=S*r.in(.25,.45); g.fillStyle=r.chance(.3)?rgb([r.in(150,240),r.in(120,220),r.in(60,120)]):rgb([v,v,v-r.in(0,12)]); g.fillRect(-s/2,-s*.7,s,s*1.4); g.shadowColor='transparent'; g.fillStyle='rgba(40,40,50,.7)'; for(let q=0;q<20;q++) g.fillRect(-s*.4,-s*.55+q*s*.06,s*r.in(.3,.8),s*.016); g.restore() } }
    if (r.chance(.3)) things(2); return canvas }
`
